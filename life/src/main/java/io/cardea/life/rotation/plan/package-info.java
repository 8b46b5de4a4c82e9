/// What a dangerous change would do to each device, before it is applied.
@NullMarked
package io.cardea.life.rotation.plan;

import org.jspecify.annotations.NullMarked;
