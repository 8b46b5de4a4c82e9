/// A real PostgreSQL in a directory of ours, for those who have no database to offer.
///
/// Start with `EmbeddedPostgres`. What a `kill -9` of the JVM, of PostgreSQL or of the whole
/// machine leaves behind is cleared at the next start; nothing of it needs a person.
@NullMarked
package io.cardea.platform.store.embedded;

import org.jspecify.annotations.NullMarked;
