/// The store: PostgreSQL, embedded or one's own, and the clock that is set from it.
@NullMarked
package io.cardea.platform.store;

import org.jspecify.annotations.NullMarked;
