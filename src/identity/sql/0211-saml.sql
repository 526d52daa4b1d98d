-- A provider speaks OpenID Connect or SAML 2.0. Of the latter: where sign-in begins, and the certificates
-- its assertions are signed under. `issuer` is its entity id, `client_id` ours.
alter table identity.provider
  add column kind text not null default 'oidc' check (kind in ('oidc', 'saml')),
  add column entry_point text,
  add column certificates text,
  add column email_attribute text,
  add check ((kind = 'saml') = (entry_point is not null)),
  add check ((kind = 'saml') = (certificates is not null)),
  add check ((kind = 'saml') = (email_attribute is not null));
comment on column identity.provider.entry_point is 'plain: an address of the provider';
comment on column identity.provider.certificates is 'plain: public keys and certificates';
comment on column identity.provider.email_attribute is 'plain: a word of the provider';

-- What a SAML provider had the browser post, until our own page comes for it.
-- app: select insert delete
create table identity.saml_answer (
  state_hash bytea primary key references identity.provider_attempt on delete cascade,
  answer     bytea not null
);
comment on column identity.saml_answer.state_hash is 'cipher: hash or signature';
comment on column identity.saml_answer.answer is 'cipher: XAES-256-GCM under the ring';
