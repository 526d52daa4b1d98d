import type { Static } from 'typebox'
import type {
  MeasureDetail as DetailShape,
  Observation as ObservationShape,
} from '../../../../src/measures/wire.ts'

export type MeasureDetail = Static<typeof DetailShape>
export type Observation = Static<typeof ObservationShape>
export type Exception = MeasureDetail['exceptions'][number]
