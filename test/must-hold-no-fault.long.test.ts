import { takes, testDoors } from './no-fault-walk.ts'

testDoors('whatever is sent to whichever door, in every way, no answer is a fault', () => takes)
