@NullMarked
package io.cardea.platform.keys;

import org.jspecify.annotations.NullMarked;
