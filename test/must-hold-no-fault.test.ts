import { takes, testDoors } from './no-fault-walk.ts'

// Three of the ten for each door, others for the next: `must-hold-no-fault.long.test.ts` sends them all.
testDoors('whatever is sent to whichever door, no answer is a fault', (door) =>
  [0, 3, 6].map((step) => takes[(door + step) % takes.length]!),
)
