// Oracle walks a log that Holdfast wrote to a folder, with Go's own transparency-log library, and
// fails at the first thing that library does not agree with.
//
//	oracle <folder> <verifier key>
//
// The folder holds a log's files under their tlog-tiles paths: checkpoint, tile/..., tile/entries/...,
// and for each proof to be checked <index>.tlog-proof.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height      = 8
	width       = 1 << height
	consistency = 200
)

func main() {
	if len(os.Args) != 3 {
		fail("usage: oracle <folder> <verifier key>")
	}
	folder := os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	check("verifier key", err)
	tree := checkpoint(must(os.ReadFile(filepath.Join(folder, "checkpoint"))), verifier)
	reader := tlog.TileHashReader(tree, &files{folder: folder})

	root, err := tlog.TreeHash(tree.N, reader)
	check("root from tiles", err)
	if root != tree.Hash {
		fail("the tiles' root is not the checkpoint's")
	}

	leaves := leavesOf(folder, tree.N)
	for i := int64(0); i < tree.N; i++ {
		proof, err := tlog.ProveRecord(tree.N, i, reader)
		check(fmt.Sprintf("inclusion proof of %d", i), err)
		check(fmt.Sprintf("inclusion of %d", i), tlog.CheckRecord(proof, tree.N, tree.Hash, i, leaves[i]))
	}

	steps := int64(0)
	for i := int64(1); i <= consistency; i++ {
		old := 1 + (i-1)*(tree.N-1)/(consistency-1)
		then, err := tlog.TreeHash(old, reader)
		check(fmt.Sprintf("root at %d", old), err)
		proof, err := tlog.ProveTree(tree.N, old, reader)
		check(fmt.Sprintf("consistency proof from %d", old), err)
		check(fmt.Sprintf("consistency from %d", old), tlog.CheckTree(proof, tree.N, tree.Hash, old, then))
		steps++
	}

	proofs := must(filepath.Glob(filepath.Join(folder, "*.tlog-proof")))
	for _, file := range proofs {
		checkProof(file, verifier, leaves)
	}
	fmt.Printf("%d inclusions, %d consistencies, %d proofs\n", tree.N, steps, len(proofs))
}

func checkpoint(signed []byte, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	check("signature", err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		fail("not a checkpoint of " + verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check("size", err)
	return tlog.Tree{N: size, Hash: hash(lines[2])}
}

func checkProof(file string, verifier note.Verifier, leaves []tlog.Hash) {
	head, signed, found := strings.Cut(string(must(os.ReadFile(file))), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		fail(file + " is no tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	check("index in "+file, err)
	var path tlog.RecordProof
	for _, line := range lines[2:] {
		path = append(path, hash(line))
	}
	tree := checkpoint([]byte(signed), verifier)
	check(file, tlog.CheckRecord(path, tree.N, tree.Hash, index, leaves[index]))
}

// leavesOf hashes every entry of every bundle.
func leavesOf(folder string, size int64) []tlog.Hash {
	var leaves []tlog.Hash
	for n := int64(0); int64(len(leaves)) < size; n++ {
		path := tilePath("entries", n, min(width, size-n*width))
		bundle := must(os.ReadFile(filepath.Join(folder, path)))
		for len(bundle) > 0 {
			length := 2 + int(binary.BigEndian.Uint16(bundle))
			leaves = append(leaves, tlog.RecordHash(bundle[2:length]))
			bundle = bundle[length:]
		}
	}
	if int64(len(leaves)) != size {
		fail("the bundles hold another number of entries")
	}
	return leaves
}

type files struct{ folder string }

func (f *files) Height() int                     { return height }
func (f *files) SaveTiles([]tlog.Tile, [][]byte) {}

func (f *files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		path := tilePath(strconv.Itoa(tile.L), tile.N, int64(tile.W))
		bytes, err := os.ReadFile(filepath.Join(f.folder, path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

// tilePath writes C2SP tlog-tiles paths, which leave out the height that Go's own have.
func tilePath(level string, n, w int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if w < width {
		path += fmt.Sprintf(".p/%d", w)
	}
	return "tile/" + level + "/" + path
}

func hash(text string) (h tlog.Hash) {
	bytes, err := base64.StdEncoding.DecodeString(text)
	check("hash", err)
	if len(bytes) != len(h) {
		fail("a hash of another length")
	}
	copy(h[:], bytes)
	return h
}

func must[T any](value T, err error) T {
	check("file", err)
	return value
}

func check(what string, err error) {
	if err != nil {
		fail(what + ": " + err.Error())
	}
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}
