/// What the tests of every module share. Nothing here is on a product's class path.
@NullMarked
package io.cardea.life.testing;

import org.jspecify.annotations.NullMarked;
