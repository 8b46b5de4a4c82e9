/// Something is compromised: what follows from it, in order, until the fleet is safe.
@NullMarked
package io.cardea.life.rotation.emergency;

import org.jspecify.annotations.NullMarked;
