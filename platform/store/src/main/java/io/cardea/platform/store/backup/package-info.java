/// The logical copy of everything: one file, written while the server runs, read into an empty
/// database.
@NullMarked
package io.cardea.platform.store.backup;

import org.jspecify.annotations.NullMarked;
