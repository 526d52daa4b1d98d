import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'

const level = 3

/** RFC 8878, with a checksum at the end of the frame. */
export const zstd = () =>
  createZstdCompress({
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  })

export const unzstd = () => createZstdDecompress()
