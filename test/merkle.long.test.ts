import { largestModel, testProofs } from './merkle-model.ts'

testProofs(Array.from({ length: largestModel }, (_, i) => i + 1))
