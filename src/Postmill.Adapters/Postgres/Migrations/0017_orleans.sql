-- additive
-- What Microsoft.Orleans.Clustering.AdoNet and Microsoft.Orleans.Persistence.AdoNet 10.4.2 find in a database: the tables that they document, and the statements they run, which they read
-- from OrleansQuery by key. Names of keys, parameters and result columns are theirs; the statements are ours. Times of life are the database's: a silo whose clock is wrong must not look dead.
CREATE TABLE OrleansQuery (
  QueryKey  varchar(64) PRIMARY KEY,
  QueryText varchar(8000) NOT NULL
);

-- One row a cluster. Every change of its membership is a compare-and-swap of the version.
CREATE TABLE OrleansMembershipVersionTable (
  DeploymentId varchar(150) PRIMARY KEY,
  Timestamp    timestamptz NOT NULL DEFAULT now(),
  Version      int NOT NULL DEFAULT 0
);

-- One row a start of a silo. Status: 1 created, 2 joining, 3 active, 4 shutting down, 5 stopping, 6 dead.
CREATE TABLE OrleansMembershipTable (
  DeploymentId varchar(150) NOT NULL REFERENCES OrleansMembershipVersionTable (DeploymentId),
  Address      varchar(45) NOT NULL,
  Port         int NOT NULL,
  Generation   int NOT NULL,
  SiloName     varchar(150) NOT NULL,
  HostName     varchar(150) NOT NULL,
  Status       int NOT NULL,
  ProxyPort    int NOT NULL DEFAULT 0,
  SuspectTimes varchar(8000),
  StartTime    timestamptz NOT NULL,
  IAmAliveTime timestamptz NOT NULL,
  DiedAt       timestamptz, -- ours: when it was first said to be dead
  PRIMARY KEY (DeploymentId, Address, Port, Generation)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $$
  WITH made AS (
    INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES (@DeploymentId) ON CONFLICT (DeploymentId) DO NOTHING RETURNING 1
  )
  SELECT count(*)::int FROM made
$$),
('MembershipReadAllKey', $$
  SELECT v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime, v.Version
  FROM OrleansMembershipVersionTable v LEFT JOIN OrleansMembershipTable m ON m.DeploymentId = v.DeploymentId
  WHERE v.DeploymentId = @DeploymentId
$$),
('MembershipReadRowKey', $$
  SELECT v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime, v.Version
  FROM OrleansMembershipVersionTable v
    LEFT JOIN OrleansMembershipTable m ON m.DeploymentId = v.DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
  WHERE v.DeploymentId = @DeploymentId
$$),
-- The version's row is locked first, so that of two silos that read the same version one writes.
('InsertMembershipKey', $$
  WITH swapped AS (
    UPDATE OrleansMembershipVersionTable SET Timestamp = now(), Version = Version + 1
    WHERE DeploymentId = @DeploymentId AND Version = @Version
      AND NOT EXISTS (SELECT 1 FROM OrleansMembershipTable m WHERE m.DeploymentId = @DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation)
    RETURNING DeploymentId
  ), made AS (
    INSERT INTO OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
    SELECT DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, now(), now() FROM swapped
    RETURNING 1
  )
  SELECT count(*)::int FROM made
$$),
('UpdateMembershipKey', $$
  WITH swapped AS (
    UPDATE OrleansMembershipVersionTable SET Timestamp = now(), Version = Version + 1
    WHERE DeploymentId = @DeploymentId AND Version = @Version
      AND EXISTS (SELECT 1 FROM OrleansMembershipTable m WHERE m.DeploymentId = @DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation)
    RETURNING DeploymentId
  ), changed AS (
    UPDATE OrleansMembershipTable m SET Status = @Status, SuspectTimes = @SuspectTimes, DiedAt = CASE WHEN @Status = 6 THEN coalesce(m.DiedAt, now()) END
    FROM swapped s
    WHERE m.DeploymentId = s.DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
    RETURNING 1
  )
  SELECT count(*)::int FROM changed
$$),
('UpdateIAmAlivetimeKey', $$
  UPDATE OrleansMembershipTable SET IAmAliveTime = now()
  WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
$$),
('GatewaysQueryKey', $$
  SELECT Address, ProxyPort, Generation FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0
$$),
('CleanupDefunctSiloEntriesKey', $$
  DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND Status = 6 AND IAmAliveTime < @IAmAliveTime
$$),
('DeleteMembershipTableEntriesKey', $$
  WITH silos AS (DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId)
  DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId
$$);

-- Private state of single grains: JSON, and a version as its etag.
CREATE TABLE OrleansStorage (
  GrainIdHash            int NOT NULL,
  GrainIdN0              bigint NOT NULL,
  GrainIdN1              bigint NOT NULL,
  GrainTypeHash          int NOT NULL,
  GrainTypeString        varchar(512) NOT NULL,
  GrainIdExtensionString varchar(512),
  ServiceId              varchar(150) NOT NULL,
  PayloadBinary          bytea,
  ModifiedOn             timestamptz NOT NULL DEFAULT now(),
  Version                int NOT NULL
);
CREATE UNIQUE INDEX OrleansStorage_Grain ON OrleansStorage
  (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, coalesce(GrainIdExtensionString, ''), ServiceId);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', $$
  SELECT PayloadBinary, Version FROM OrleansStorage
  WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1 AND GrainTypeString = @GrainTypeString
    AND coalesce(GrainIdExtensionString, '') = coalesce(@GrainIdExtensionString, '') AND ServiceId = @ServiceId
$$),
-- A writer that read nothing inserts; one that lost gets the version back that it came with, which the provider takes for a conflict.
('WriteToStorageKey', $$
  WITH changed AS (
    UPDATE OrleansStorage SET PayloadBinary = @PayloadBinary, ModifiedOn = now(), Version = Version + 1
    WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1 AND GrainTypeString = @GrainTypeString
      AND coalesce(GrainIdExtensionString, '') = coalesce(@GrainIdExtensionString, '') AND ServiceId = @ServiceId AND Version = @GrainStateVersion
    RETURNING Version
  ), made AS (
    INSERT INTO OrleansStorage (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, Version)
    SELECT @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, @ServiceId, @PayloadBinary, 1 WHERE @GrainStateVersion IS NULL
    ON CONFLICT DO NOTHING
    RETURNING Version
  )
  SELECT coalesce((SELECT Version FROM changed), (SELECT Version FROM made), @GrainStateVersion) AS NewGrainStateVersion
$$),
('ClearStorageKey', $$
  UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = now(), Version = Version + 1
  WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1 AND GrainTypeString = @GrainTypeString
    AND coalesce(GrainIdExtensionString, '') = coalesce(@GrainIdExtensionString, '') AND ServiceId = @ServiceId AND Version = @GrainStateVersion
  RETURNING Version AS NewGrainStateVersion
$$),
('DeleteStorageKey', $$
  DELETE FROM OrleansStorage
  WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1 AND GrainTypeString = @GrainTypeString
    AND coalesce(GrainIdExtensionString, '') = coalesce(@GrainIdExtensionString, '') AND ServiceId = @ServiceId AND Version = @GrainStateVersion
  RETURNING Version + 1 AS NewGrainStateVersion
$$);
