import { Type } from 'typebox'
import { Id, Instant, Kind, orNull, RoleName, Text } from '../wire.ts'

const Roles = Type.Array(RoleName, { minItems: 1, maxItems: 100 })
const Controllers = Type.Array(Id, { minItems: 1, maxItems: 1000 })

export const NewSchedule = Type.Object({
  title: Text(200),
  roles: Type.Optional(Roles),
  controllers: Type.Optional(Controllers),
  everyDays: Type.Integer({ minimum: 7, maximum: 366 }),
  dueDays: Type.Integer({ minimum: 1, maximum: 90 }),
  firstAt: Instant,
})
export const ScheduleRef = Type.Object({ scheduleId: Id })
export const ScheduleParams = Type.Object({ scheduleId: Id })
export const Schedules = Type.Object({
  items: Type.Array(
    Type.Object({
      scheduleId: Id,
      title: Type.String(),
      roles: orNull(Type.Array(Type.String())),
      controllers: orNull(Type.Array(Id)),
      everyDays: Type.Integer(),
      dueDays: Type.Integer(),
      nextAt: Instant,
      createdBy: Type.String(),
      createdAt: Instant,
    }),
  ),
})

export const Dormant = Type.Object({
  items: Type.Array(
    Type.Object({
      actorId: Id,
      actorKind: Kind,
      actorName: orNull(Type.String()),
      createdAt: Instant,
      lastUsedAt: orNull(Instant),
      warnedAt: orNull(Instant),
      /** When it is disabled at the earliest; null where it is exempt. */
      disabledFrom: orNull(Instant),
      exempt: Type.Boolean(),
    }),
  ),
})
