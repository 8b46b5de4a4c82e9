@NullMarked
package io.cardea.platform.store.backup;

import org.jspecify.annotations.NullMarked;
