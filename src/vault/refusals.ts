import { Refusal } from '#kernel'

type Facts = Readonly<Record<string, unknown>>

// Controllers and contracts

/** Check the id; a controller outside the caller’s grants looks the same. */
export const unknownController = () =>
  new Refusal('vault.unknown-controller', 404, 'There is no such controller.')

/** One that is only closed can be opened again (`DELETE …/offboard`); nothing else mends it. */
export const controllerLeaving = () =>
  new Refusal(
    'vault.controller-left',
    409,
    'This controller is closed, leaving or has left; its data is neither read nor taken in.',
  )

/** Close the controller first (`…/offboard`); opened again, it is not closed. */
export const notClosed = () =>
  new Refusal(
    'vault.controller-not-closed',
    409,
    'Everything is given back only once the controller is closed for everything else.',
  )

/** Fetch `…/return` and show the SHA-256 of what came, or write down why nothing is given back. */
export const notReturned = () =>
  new Refusal(
    'vault.not-returned',
    409,
    'Its data has not been given back: show the SHA-256 of the whole return, or say why none is wanted.',
  )

/** Type the name exactly; it is asked for because leaving cannot be undone. */
export const nameNotConfirmed = () =>
  new Refusal(
    'vault.name-not-confirmed',
    422,
    'Confirm with the exact name of the controller as it stands in its contract.',
  )

/** Mend the part the sentence names. */
export const contractMalformed = (message: string, facts?: Facts) =>
  new Refusal('vault.contract-malformed', 422, message, facts)

/** Agree on at least one day; what need not be kept need not be put in. */
export const retentionNotPositive = () =>
  new Refusal(
    'vault.retention-not-positive',
    422,
    'retainDays must be a whole number of at least 1.',
  )

/** Agree on a shorter time, and renew it while the purpose lasts. */
export const retentionTooLong = (longest: number) =>
  new Refusal('vault.retention-too-long', 422, `retainDays must be at most ${longest}.`)

/** Agree on a deadline within GDPR Art. 33. */
export const noticeTooLate = (latest: number) =>
  new Refusal(
    'vault.notice-too-late',
    422,
    `noticeHours must be a whole number from 1 to ${latest}.`,
  )

/** Leave `searchable` out, or search by another field. */
export const fieldNotIndexable = (field: string) =>
  new Refusal(
    'vault.field-not-indexable',
    422,
    'A field of special categories, a number, a date, a choice or a yes or no cannot be searchable: its index would give its values away.',
    { field },
  )

/** Mend the rule as the sentence says, or leave it out: then nothing remains. */
export const anonymiseMalformed = (category: string, why: string) =>
  new Refusal('vault.anonymise-malformed', 422, `The rule of anonymising is not usable. ${why}`, {
    category,
  })

/** Keep it in the contract; to end its use, take the category out of every purpose. */
export const promiseDropped = (what: string) =>
  new Refusal(
    'vault.contract-part-dropped',
    422,
    `${what} stands in the contract and may hold data; it cannot be dropped or change its kind.`,
  )

/** Repeat with `reason`, or leave out what `facts.weakenings` names. */
export const weakeningUnexplained = (weakenings: readonly string[]) =>
  new Refusal(
    'vault.weakening-unexplained',
    422,
    'The amendment weakens what was promised; give a reason.',
    { weakenings },
  )

/** Add another field that is searchable from its start, and put the records again. */
export const fieldHoldsRecords = (category: string, field: string) =>
  new Refusal(
    'vault.field-holds-records',
    409,
    'Records of this category exist and are not indexed; a field becomes searchable only before the first record.',
    { category, field },
  )

/** Read the contract again and repeat the amendment on what it says now. */
export const contractMoved = () =>
  new Refusal(
    'vault.contract-moved',
    409,
    'The contract was amended meanwhile; read it again and repeat the amendment.',
  )

// Purpose and reason

/** Send one of the contract’s purposes: header `holdfast-purpose`. */
export const purposeRequired = () =>
  new Refusal('vault.purpose-required', 403, 'Name a purpose of the contract.')

/** Use a purpose of the contract, or amend the contract. */
export const purposeNotAgreed = () =>
  new Refusal('vault.purpose-not-agreed', 403, 'The contract names no such purpose.')

/** Send the reason: header `holdfast-reason`. */
export const reasonRequired = () =>
  new Refusal('vault.reason-required', 403, 'Give a reason; it is kept with the entry.')

/** Ask for fewer categories, or name the purpose that covers them. */
export const outsidePurpose = (category?: string) =>
  new Refusal(
    'vault.category-outside-purpose',
    403,
    category === undefined
      ? 'The contract allows no category for this purpose.'
      : 'The contract does not allow this category for this purpose.',
    category === undefined ? undefined : { category },
  )

/** Leave the field out, or name a purpose that may use it. */
export const fieldOutsidePurpose = (category: string, field: string) =>
  new Refusal(
    'vault.field-outside-purpose',
    403,
    'The contract does not allow this field for this purpose.',
    { category, field },
  )

/** Rectify single fields instead, or put for a purpose that may use all of the category’s fields. */
export const recordPartlySeen = (category: string) =>
  new Refusal(
    'vault.record-partly-seen',
    409,
    'The purpose may use only some fields of this category; replacing the record would lose the others.',
    { category },
  )

/** Record the subject’s consent first, or use a purpose that does not rest on it. */
export const consentMissing = () =>
  new Refusal(
    'vault.consent-missing',
    403,
    'This purpose rests on consent, and the subject has not given it or has withdrawn it.',
  )

/** Use another purpose; the controller may lift the objection where its grounds prevail. */
export const objected = () =>
  new Refusal('vault.purpose-objected', 403, 'The subject has objected to this purpose.')

/** As the permission’s own code says: ask for the grant. */
export const notGranted = (code: string, message: string) => new Refusal(code, 403, message)

/** Use an event that a category counts its retention from, or amend the contract. */
export const eventNotAgreed = () =>
  new Refusal(
    'vault.event-not-agreed',
    422,
    'No category of the contract counts its retention from such an event.',
  )

/** Leave it out: what is over already is not taken in. */
export const recordOver = () =>
  new Refusal(
    'vault.record-over',
    409,
    'The time of such a record is over for this subject; it would be erased at once.',
  )

// Rows and values

/** Use a category of the contract, or amend the contract. */
export const unknownCategory = () =>
  new Refusal('vault.unknown-category', 422, 'The contract names no such category.')

/** Leave the field out, or amend the contract. */
export const unknownField = (category?: string) =>
  new Refusal(
    'vault.unknown-field',
    422,
    'The contract names no such field; nothing else may be kept.',
    category === undefined ? undefined : { category },
  )

/** Mend the value of the field that `facts` names. */
export const valueMalformed = (field: string, kind: string) =>
  new Refusal('vault.value-malformed', 422, `The value of ${field} is not a valid ${kind}.`, {
    field,
    kind,
  })

/** Send the controller’s own identifier as one line of text. */
export const subjectKeyMalformed = () =>
  new Refusal(
    'vault.subject-key-malformed',
    422,
    'A subject key is 1 to 500 characters of text, without control characters.',
  )

/** Send at least one value; to remove a subject, erase it. */
export const recordEmpty = () =>
  new Refusal('vault.record-empty', 422, 'The record has no value in any field.')

/** Mend the rows in `facts.rows` and send the whole batch again. */
export const batchRejected = (rows: readonly Facts[], rejected: number) =>
  new Refusal(
    'vault.batch-rejected',
    422,
    `${rejected} ${rejected === 1 ? 'row is' : 'rows are'} not acceptable; nothing was stored.`,
    { rejected, rows },
  )

// Subjects

/** Put the record in whole. */
export const noSuchRecord = () =>
  new Refusal('vault.no-such-record', 404, 'The subject has no record of this category.')

/** Read it again and repeat. */
export const recordMoved = () =>
  new Refusal('vault.record-moved', 409, 'Another version of the record has come between.')

/** Find the subject first; ids are those of this controller. */
export const unknownSubject = () =>
  new Refusal('vault.unknown-subject', 404, 'There is no such subject in this controller.')

/** Nothing mends it. Put again, the person is a new subject. */
export const subjectErased = () =>
  new Refusal('vault.subject-erased', 410, 'This subject was erased; nothing of it can be read.')

/** Lift the restriction first, if it may be lifted. */
export const subjectRestricted = () =>
  new Refusal(
    'vault.subject-restricted',
    409,
    'Processing of this subject is restricted; its data is kept but neither read nor changed.',
  )

/** Lift the legal hold first, if it may be lifted. */
export const legalHold = () =>
  new Refusal('vault.legal-hold', 409, 'A legal hold stands on this subject; it cannot be erased.')

/** Read them in several acts. */
export const tooManySubjects = (most: number) =>
  new Refusal('vault.too-many-subjects', 422, `One act reads at most ${most} subjects.`)

/** Search by the subject’s key or a searchable field. */
export const fieldNotSearchable = (field: string) =>
  new Refusal(
    'vault.field-not-searchable',
    422,
    'This field is not searchable; an empty answer would be a lie.',
    { field },
  )

/** Search by the whole value, or make the field searchable by its words. */
export const wordsNotSearchable = (field: string) =>
  new Refusal(
    'vault.words-not-searchable',
    422,
    'This field is not searched by its words; an empty answer would be a lie.',
    { field },
  )

/** Search by fewer words, and by at least one of letters or digits. */
export const wordsMalformed = (most: number) =>
  new Refusal('vault.words-malformed', 422, `A search by words has 1 to ${most} of them.`)

/** Send either `subjectKey`, or `field` and `value`. */
export const searchMalformed = () =>
  new Refusal(
    'vault.search-malformed',
    422,
    'Search by subjectKey, or by field with either value or words, and their category; not by several of them.',
  )

/** Repeat with `category`. */
export const fieldAmbiguous = (field: string) =>
  new Refusal(
    'vault.field-ambiguous',
    422,
    'Several categories have a field of this name; name the category.',
    { field },
  )

/** Send `next` of the page before as it was given. */
export const cursorMalformed = () =>
  new Refusal('vault.cursor-malformed', 422, 'This is not a cursor an earlier page gave.')

// Imports and exports

/** Mend the mapping as the sentence says. */
export const mappingMalformed = (message: string) =>
  new Refusal('vault.mapping-malformed', 422, message)

/** Check the id. An import that has ended takes no more rows. */
export const unknownImport = () =>
  new Refusal('vault.import-unknown', 404, 'There is no such import in this controller.')

/** Mend the row and send the file again: rows replace their like. */
export const rowColumns = (columns: number) =>
  new Refusal(
    'vault.row-columns',
    422,
    `The row does not have ${columns} columns as the header has.`,
  )

/** Mend the line and send the file again: rows replace their like. */
export const rowNotJson = () =>
  new Refusal('vault.row-not-json', 422, 'The line is not a JSON object.')

/** Split the row; a record this large does not belong in one field. */
export const rowTooLong = (longest: number) =>
  new Refusal('vault.row-too-long', 422, `The line is longer than ${longest} characters.`)

/** Mend the mapping, the header or the delimiter. */
export const columnMissing = (column: string) =>
  new Refusal('vault.import-column-missing', 422, 'The header lacks a column the mapping names.', {
    column,
  })

/** Mend the file where it says and send it again: rows replace their like. */
export const importMalformed = (message: string, facts?: Facts) =>
  new Refusal('vault.import-malformed', 422, message, facts)

/** Send the file again: rows replace their like. */
export const importInterrupted = (facts?: Facts) =>
  new Refusal(
    'vault.import-interrupted',
    400,
    'The stream broke off before its end; the rows counted as stored stand.',
    facts,
  )

// Imports that go on, and archives

/** Send the rest from `facts.offset`, in bytes of the file. */
export const importOffset = (offset: number, rowsRead: number) =>
  new Refusal(
    'vault.import-offset',
    409,
    `The import has come to byte ${offset} of its file; send the rest from there.`,
    { offset, rowsRead },
  )

/** Send the same file with the same mapping, or begin an import of another id. */
export const importDiffers = () =>
  new Refusal(
    'vault.import-differs',
    409,
    'This import was begun with another format or another mapping.',
  )

/** Ask how far the import has come; another connection adds to it now. */
export const importTakenOver = () =>
  new Refusal('vault.import-taken-over', 409, 'This import goes on over another connection.')

/** Take the archive anew: its end is missing. The rows before stand. */
export const archiveIncomplete = () =>
  new Refusal(
    'vault.archive-incomplete',
    422,
    'The archive is not whole: its last line is missing, or names another number of records.',
  )

/** Export again with the right to reveal; masked values are no values. */
export const rowMasked = () =>
  new Refusal('vault.row-masked', 422, 'The record was exported masked; its values are not in it.')

/** Put it in by itself, and restrict its subject again. */
export const rowRestricted = () =>
  new Refusal(
    'vault.row-restricted',
    422,
    'The subject is restricted; taken in from an archive it would not be.',
  )

/** Name the last subject that came whole, or export from the start. */
export const exportNotResumable = () =>
  new Refusal('vault.export-not-resumable', 422, 'An archive is exported whole, from its start.')

// Records held against the trail

/** List what is open (`…/discrepancies`); it may have mended since. */
export const unknownDiscrepancy = () =>
  new Refusal('vault.unknown-discrepancy', 404, 'No discrepancy of this record is open.')

/** Verify again (`…/records/verify`), and look at what is found then. */
export const discrepancyMoved = () =>
  new Refusal(
    'vault.discrepancy-moved',
    409,
    'The record is not as it was found, or its number stands in two places: verify again.',
  )

// What subjects say

/** Say how, when and before whom it was said; a controller must be able to show it. */
export const evidenceMissing = () =>
  new Refusal('vault.evidence-missing', 422, 'Say how and when it was said: the evidence is kept.')

/** Nothing need be done: it stands. */
export const alreadySaid = (kind: string) =>
  new Refusal('vault.already-said', 409, `The subject’s ${kind} to this purpose stands already.`)

/** There is nothing to withdraw. */
export const notSaid = (kind: string) =>
  new Refusal('vault.not-said', 409, `No ${kind} of the subject to this purpose stands.`)

// Taking much out

/** Show a second factor again: `POST /v1/sessions/second-factor`, then repeat. */
export const freshFactorRequired = (minutes: number) =>
  new Refusal(
    'vault.fresh-factor-required',
    403,
    `This needs a second factor shown within the last ${minutes} minutes. Show it again and repeat.`,
    { minutes },
  )

/** Ask for it (`…/export-requests`), let a second person approve, and repeat with `approval`. */
export const approvalNeeded = (alone: number) =>
  new Refusal(
    'vault.approval-needed',
    403,
    `More than ${alone} subjects leave the house only with a second person’s approval.`,
    { alone },
  )

/** Ask anew: an approval counts for one export, which may go on, for a day, for its own actor, purpose and categories. */
export const approvalUnusable = () =>
  new Refusal(
    'vault.approval-unusable',
    403,
    'No approval of this export stands: it was not given, is too old or for something else, or was used and this is not that export going on from where it had come.',
  )

/** Check the id. */
export const unknownExportRequest = () =>
  new Refusal('vault.unknown-export-request', 404, 'There is no such request in this controller.')

/** Let somebody else decide. */
export const ownRequest = () =>
  new Refusal(
    'vault.own-request',
    403,
    'Nobody decides on their own request, nor on one of a workload whose credential they made.',
  )

/** Let a person decide. */
export const personsDecide = () =>
  new Refusal('vault.persons-decide', 403, 'A person decides on this, in a session of their own.')

/** Ask anew if it must be decided again. */
export const decidedAlready = () =>
  new Refusal('vault.decided-already', 409, 'This request was decided already.')

/** Ask anew: what it was asked for may be long over. */
export const requestLapsed = () =>
  new Refusal(
    'vault.request-lapsed',
    409,
    'This request was not decided in its week, and lapsed; it can be asked for anew.',
  )

// Requests of data subjects

/** Check the id. */
export const unknownSubjectRequest = () =>
  new Refusal('vault.unknown-subject-request', 404, 'There is no such request in this controller.')

/** Give the instant of its receipt, or leave it out for now. */
export const receivedInFuture = () =>
  new Refusal('vault.received-in-future', 422, 'A request was received now or before.')

/** Take in a new request if more is asked. */
export const requestEnded = () =>
  new Refusal('vault.request-ended', 409, 'This request has ended; what was done stands in it.')

/** Keep the controller’s instruction first (GDPR Art. 28(3)(a)). */
export const notInstructed = () =>
  new Refusal(
    'vault.not-instructed',
    409,
    'The controller has not instructed us yet; a processor does not decide on a request.',
  )

/** Find the subject and name it in the request. */
export const subjectNotNamed = () =>
  new Refusal('vault.subject-not-named', 409, 'The request does not say yet whom it is about.')

/** Use the step that fits what was asked for. */
export const requestKindOther = (kind: string) =>
  new Refusal('vault.request-kind-other', 422, `A request of ${kind} does not end this way.`, {
    kind,
  })

/** Nothing mends it: two months more are given once. */
export const extendedAlready = () =>
  new Refusal('vault.extended-already', 409, 'This request was extended already.')

/** Nothing mends it: the subject had to hear of it within the first month. */
export const tooLateToExtend = () =>
  new Refusal(
    'vault.too-late-to-extend',
    409,
    'The first month is over; the subject had to hear of an extension before.',
  )

// Tokens, and what remains

/** Mend the pattern as the sentence says. */
export const tokenPatternMalformed = (message: string) =>
  new Refusal('vault.token-pattern-malformed', 422, message)

/** Check the tokens; one ends with the record it stood for. */
export const unknownTokens = (unknown: number) =>
  new Refusal(
    'vault.unknown-tokens',
    404,
    `${unknown} of the tokens ${unknown === 1 ? 'stands' : 'stand'} for nothing in this controller.`,
    { unknown },
  )

/** Use a pattern that more tokens fit. */
export const tokensUsedUp = () =>
  new Refusal('vault.tokens-used-up', 409, 'Too few tokens of this pattern are free.')

/** Agree on a rule in the contract first. */
export const noAnonymiseRule = () =>
  new Refusal(
    'vault.no-anonymise-rule',
    409,
    'The contract does not say what may remain of this category; it is erased.',
  )

/** Wait for more records, agree on a coarser rule, or repeat with `drop`: the rare then leave nothing. */
export const kNotReached = (facts: Facts) =>
  new Refusal(
    'vault.k-not-reached',
    409,
    'Some combinations would stand for fewer records than the contract demands; nothing was changed.',
    facts,
  )

// Attachments

/** Check the id. A file that was erased, is due or did not come whole is not there. */
export const unknownAttachment = () =>
  new Refusal('vault.unknown-attachment', 404, 'There is no such file in this controller.')

/** Announce the file anew and send it whole. */
export const attachmentBegun = () =>
  new Refusal('vault.attachment-begun', 409, 'The content of this file has been begun already.')

/** Ask for the right to reveal its category. */
export const attachmentMasked = () =>
  new Refusal(
    'vault.attachment-masked',
    403,
    'A file cannot be masked; who may not reveal its category does not get it.',
  )

/** Give a name of one line and a media type of `type/subtype`. */
export const attachmentNameMalformed = () =>
  new Refusal(
    'vault.attachment-name-malformed',
    422,
    'A file has a name of 1 to 255 characters on one line, and a media type.',
  )

/** Send a smaller file, or raise the controller's limit. */
export const attachmentTooLarge = (limitBytes: number) =>
  new Refusal(
    'vault.attachment-too-large',
    413,
    `This controller takes files of at most ${limitBytes / 1_048_576} MiB.`,
    { limitBytes },
  )

/** Announce the file anew and send it again; nothing of it was kept. */
export const uploadInterrupted = () =>
  new Refusal('vault.upload-interrupted', 400, 'The stream broke off before its end.')

/** Bring the object store back as it was; the database knows the file, and its bytes are not there. */
export const contentMissing = () =>
  new Refusal('vault.content-missing', 503, 'The content of this file is not in the object store.')

/** Name an SMTP server in the settings; or send the letter (`…/letter`) by another way and say so (`…/forward`). */
export const mailNotSet = () =>
  new Refusal('vault.mail-not-set', 409, 'No mail server is configured.')

/** Look at the newest step of the request; mail it again, or send the letter by another way. */
export const mailNotAccepted = () =>
  new Refusal(
    'vault.mail-not-accepted',
    502,
    'No mail server took the letter; the request stands as it stood.',
  )

/** Add contacts to the controller's contract. */
export const noContacts = () =>
  new Refusal('vault.no-contacts', 409, 'The contract names no contact.')

/** Nobody writes to a controller that a drill made up. */
export const controllerMadeUp = () =>
  new Refusal(
    'vault.controller-made-up',
    409,
    'This controller is made up for a drill; nobody is written to.',
  )

/** Ask for tokens of the form that was decided for this field, or have it decided otherwise. */
export const tokenFormOther = (
  category: string,
  field: string,
  form: string,
  pattern: string | null,
) =>
  new Refusal(
    'vault.token-form-other',
    409,
    form === 'none'
      ? `No tokens may stand for ${category}.${field}.`
      : form === 'random'
        ? `Tokens of ${category}.${field} are random; no pattern is drawn into.`
        : `Tokens of ${category}.${field} are drawn into the pattern ${pattern}.`,
    { category, field, form, pattern },
  )

/** Name tokens, or a category and its field. */
export const nothingToRevoke = () =>
  new Refusal('vault.nothing-to-revoke', 422, 'Name tokens to revoke, or a category and a field.')
