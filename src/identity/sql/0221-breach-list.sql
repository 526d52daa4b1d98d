-- Which list of breached passwords is in force may be read by whoever watches over people's proofs.
update identity.role set actions = actions || '{identity.breach-list.read}'
  where name in ('security', 'auditor');
