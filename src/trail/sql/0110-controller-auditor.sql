-- Whoever a controller sends to look: everything ever done to its data, provable, and nothing else.
insert into identity.role (name, description, actions, privileged, built_in) values
  ('controller-auditor', 'Lists and verifies the trail of the controllers it is granted for; sees no name and no record.',
   '{trail.log.read,trail.leaf.list,trail.log.pack,trail.log.walk}', true, true);
