import type { S3Client } from '@aws-sdk/client-s3'
import type { ObjectStore } from '#kernel'
import { demandKey, demandSize, ObjectConflict } from '../object-key.ts'
import { dayMs } from '../time.ts'

/** What the file of an S3 store says. */
export interface S3Place {
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Another maker's store; its buckets are addressed by path. */
  readonly endpoint?: string
  /** Goes before every key, with a slash. */
  readonly prefix?: string
  readonly lockDays?: number
}

const connectMs = 5_000
const answerMs = 30_000

/**
 * Objects in a bucket of S3, or of any store that speaks its protocol.
 *
 * Written once: `If-None-Match: *` makes the store refuse a second object under a key. What is put
 * locked carries Object Lock in compliance mode: until its day nobody may remove that version, not
 * even who owns the account. The part that speaks S3 is loaded here, and only where one is set.
 */
export async function objectS3(place: S3Place, now: () => Date): Promise<ObjectStore> {
  const sdk = await import('@aws-sdk/client-s3')
  const { bucket: Bucket, prefix, lockDays = 0 } = place
  const client = clientOf(sdk.S3Client, place)
  const before = prefix === undefined ? '' : `${prefix}/`
  const at = (key: string) => {
    demandKey(key)
    return { Bucket, Key: `${before}${key}` }
  }
  const retention = () => ({
    ObjectLockMode: 'COMPLIANCE' as const,
    ObjectLockRetainUntilDate: new Date(now().getTime() + lockDays * dayMs),
  })
  const get: ObjectStore['get'] = async (key) => {
    try {
      const { Body } = await client.send(new sdk.GetObjectCommand(at(key)))
      return Buffer.from(await Body!.transformToByteArray())
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw error
    }
  }
  return {
    place: `bucket ${Bucket} at ${place.endpoint ?? `S3 in ${place.region}`}`,
    outside: true,
    lockDays,
    get,
    async putOnce(key, bytes, { locked = false } = {}) {
      demandSize(bytes)
      const lock = locked && lockDays > 0 ? retention() : {}
      const put = { ...at(key), ...lock, Body: bytes, IfNoneMatch: '*' }
      try {
        await client.send(new sdk.PutObjectCommand({ ...put, ChecksumAlgorithm: 'SHA256' }))
      } catch (error) {
        // 409: another writer was under way at the same moment; one of the two stands now.
        if (![409, 412].includes(statusOf(error) ?? 0)) throw error
        if ((await get(key))?.equals(bytes) !== true) throw new ObjectConflict(key)
      }
    },
    async *list(wanted) {
      const asked = { Bucket, Prefix: `${before}${wanted}` }
      for (let from: string | undefined; ;) {
        const page = await client.send(
          new sdk.ListObjectsV2Command({
            ...asked,
            ...(from === undefined ? {} : { ContinuationToken: from }),
          }),
        )
        for (const { Key } of page.Contents ?? []) yield Key!.slice(before.length)
        if (page.IsTruncated !== true) return
        from = page.NextContinuationToken
      }
    },
    async remove(key) {
      await client.send(new sdk.DeleteObjectCommand(at(key)))
    },
    async tryToDestroy(key) {
      const { VersionId, ObjectLockMode: mode } = await client.send(
        new sdk.HeadObjectCommand(at(key)),
      )
      if (VersionId === undefined || mode !== 'COMPLIANCE')
        return { refused: false, answer: 'the object carries no lock in compliance mode' }
      try {
        const past = { VersionId, BypassGovernanceRetention: true }
        await client.send(new sdk.DeleteObjectCommand({ ...at(key), ...past }))
        return { refused: false, answer: 'the store destroyed a locked version' }
      } catch (error) {
        if (statusOf(error) !== 403) throw error
        return { refused: true, answer: `the store answered 403 ${(error as Error).name}` }
      }
    },
  }
}

function clientOf(Client: typeof S3Client, place: S3Place): S3Client {
  const { region, endpoint, accessKeyId, secretAccessKey } = place
  return new Client({
    region,
    credentials: { accessKeyId, secretAccessKey },
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    // Not every maker's store knows the newer checksums; ours are asked for one by one.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: answerMs,
      throwOnRequestTimeout: true,
    },
  })
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
}
