@NullMarked
package io.cardea.platform.store;

import org.jspecify.annotations.NullMarked;
