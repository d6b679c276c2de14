package sqlite

// Format is the version of the file's layout that this rivet writes. A change
// of the layout raises it, migrates what is older, and adds a golden file.
const Format = 1

// applicationID marks the file as rivet's ("rvet").
const applicationID = 0x72766574

// schema is format 1; docs/decisions/0004-sqlite-layout.md explains it. An
// actor is its id's 64 bits as a signed integer; printf('%016x', id) is the id
// as text. Times are milliseconds since 1970. NULL as a value is undefined.
const schema = `
CREATE TABLE actors (
	id          INTEGER PRIMARY KEY,
	name        TEXT NOT NULL,
	key         TEXT NOT NULL, -- JSON array of strings
	region      TEXT NOT NULL,
	created_at  INTEGER NOT NULL,
	input       BLOB,
	initialized INTEGER NOT NULL, -- createState and onCreate have run
	rev         INTEGER NOT NULL  -- committed batches, unless snapshots or patches know a later one
);
CREATE INDEX actors_by_type ON actors (name, created_at, id);
CREATE TABLE snapshots (
	actor INTEGER PRIMARY KEY,
	rev   INTEGER NOT NULL, -- the batch up to which data is whole
	data  BLOB
);
CREATE TABLE patches (
	actor INTEGER NOT NULL,
	rev   INTEGER NOT NULL, -- the batch, later than the snapshot's
	n     INTEGER NOT NULL, -- order within the batch
	data  BLOB,
	PRIMARY KEY (actor, rev, n)
) WITHOUT ROWID;
CREATE TABLE connections (
	n             INTEGER PRIMARY KEY,
	actor         INTEGER NOT NULL,
	id            TEXT NOT NULL,
	token         TEXT NOT NULL,
	transport     TEXT NOT NULL,
	params        BLOB,
	auth          BLOB,
	has_state     INTEGER NOT NULL,
	state         BLOB,
	subscriptions TEXT NOT NULL, -- JSON array of strings
	gone          INTEGER NOT NULL,
	UNIQUE (actor, id)
);
CREATE TABLE alarms (
	seq     INTEGER PRIMARY KEY, -- order of setting
	actor   INTEGER NOT NULL,
	id      TEXT NOT NULL,
	at      INTEGER NOT NULL,
	action  TEXT NOT NULL,
	args    BLOB,
	attempt INTEGER NOT NULL,
	failed  INTEGER NOT NULL,
	error   TEXT NOT NULL,
	UNIQUE (actor, id)
);
CREATE INDEX alarms_due ON alarms (at, seq) WHERE failed = 0;
CREATE TABLE history (
	actor INTEGER NOT NULL,
	seq   INTEGER NOT NULL,
	data  BLOB,
	PRIMARY KEY (actor, seq)
) WITHOUT ROWID;
CREATE TABLE meta (
	name TEXT PRIMARY KEY,
	text TEXT NOT NULL
) WITHOUT ROWID;
`

// query numbers a prepared statement.
type query int

const (
	qBegin query = iota
	qBeginRead
	qCommit
	qRollback
	qSavepoint
	qRollbackTo
	qRelease
	qInsertActor
	qUpdateActor
	qPutSnapshot
	qInsertPatch
	qDeletePatches
	qDeletePatchesTo
	qPutConn
	qDeleteConn
	qPutAlarm
	qDeleteAlarm
	qDropActor
	qDropSnapshot
	qDropConns
	qDropAlarms
	qDropHistory
	qPutMeta
	qGetMeta
	qActor
	qSnapshot
	qPatches
	qConns
	qAlarmsOf
	qAlarmsDue
	qNextAlarm
	qList
	qListType
	qCount
	queryCount
)

const (
	actorColumns = `id, name, key, region, created_at, input, initialized, rev`
	alarmColumns = `seq, actor, id, at, action, args, attempt, failed, error`
	listColumns  = actorColumns + `,
	(SELECT rev FROM snapshots WHERE actor = a.id),
	(SELECT length(data) FROM snapshots WHERE actor = a.id),
	(SELECT max(rev) FROM patches WHERE actor = a.id),
	(SELECT total(length(data)) FROM patches WHERE actor = a.id),
	(SELECT count(*) FROM patches WHERE actor = a.id),
	(SELECT count(*) FROM connections WHERE actor = a.id),
	(SELECT count(*) FROM alarms WHERE actor = a.id)`
)

var queries = [queryCount]string{
	qBegin:           `BEGIN IMMEDIATE`,
	qBeginRead:       `BEGIN`,
	qCommit:          `COMMIT`,
	qRollback:        `ROLLBACK`,
	qSavepoint:       `SAVEPOINT one`,
	qRollbackTo:      `ROLLBACK TO one`,
	qRelease:         `RELEASE one`,
	qInsertActor:     `INSERT INTO actors (` + actorColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
	qUpdateActor:     `UPDATE actors SET initialized = ?, rev = ? WHERE id = ?`,
	qPutSnapshot:     `INSERT OR REPLACE INTO snapshots (actor, rev, data) VALUES (?, ?, ?)`,
	qInsertPatch:     `INSERT INTO patches (actor, rev, n, data) VALUES (?, ?, ?, ?)`,
	qDeletePatches:   `DELETE FROM patches WHERE actor = ?`,
	qDeletePatchesTo: `DELETE FROM patches WHERE actor = ? AND rev <= ?`,
	qPutConn: `INSERT INTO connections (actor, id, token, transport, params, auth, has_state, state, subscriptions, gone)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (actor, id) DO UPDATE SET token = excluded.token,
		transport = excluded.transport, params = excluded.params, auth = excluded.auth, has_state = excluded.has_state,
		state = excluded.state, subscriptions = excluded.subscriptions, gone = excluded.gone`,
	qDeleteConn:   `DELETE FROM connections WHERE actor = ? AND id = ?`,
	qPutAlarm:     `INSERT OR REPLACE INTO alarms (` + alarmColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
	qDeleteAlarm:  `DELETE FROM alarms WHERE actor = ? AND id = ?`,
	qDropActor:    `DELETE FROM actors WHERE id = ?`,
	qDropSnapshot: `DELETE FROM snapshots WHERE actor = ?`,
	qDropConns:    `DELETE FROM connections WHERE actor = ?`,
	qDropAlarms:   `DELETE FROM alarms WHERE actor = ?`,
	qDropHistory:  `DELETE FROM history WHERE actor = ?`,
	qPutMeta:      `INSERT OR REPLACE INTO meta (name, text) VALUES (?, ?)`,
	qGetMeta:      `SELECT text FROM meta WHERE name = ?`,
	qActor:        `SELECT ` + actorColumns + ` FROM actors WHERE id = ?`,
	qSnapshot:     `SELECT rev, data FROM snapshots WHERE actor = ?`,
	qPatches:      `SELECT rev, data FROM patches WHERE actor = ? ORDER BY rev, n`,
	qConns: `SELECT id, token, transport, params, auth, has_state, state, subscriptions, gone
		FROM connections WHERE actor = ? ORDER BY n`,
	qAlarmsOf:  `SELECT ` + alarmColumns + ` FROM alarms WHERE actor = ? ORDER BY at, seq`,
	qAlarmsDue: `SELECT ` + alarmColumns + ` FROM alarms WHERE failed = 0 AND at <= ? ORDER BY at, seq LIMIT ?`,
	qNextAlarm: `SELECT at FROM alarms WHERE failed = 0 AND at > ? ORDER BY at LIMIT 1`,
	qList: `SELECT ` + listColumns + ` FROM actors a WHERE (name, created_at, id) > (?, ?, ?)
		ORDER BY name, created_at, id LIMIT ?`,
	qListType: `SELECT ` + listColumns + ` FROM actors a WHERE name = ? AND (created_at, id) > (?, ?)
		ORDER BY name, created_at, id LIMIT ?`,
	qCount: `SELECT name, count(*) FROM actors GROUP BY name`,
}
