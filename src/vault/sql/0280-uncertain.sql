-- Records of which entries of earlier releases leave open in which version they must stand.
alter table vault.verification add uncertain bigint not null default 0;
