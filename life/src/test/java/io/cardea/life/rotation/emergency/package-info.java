@NullMarked
package io.cardea.life.rotation.emergency;

import org.jspecify.annotations.NullMarked;
