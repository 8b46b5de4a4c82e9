/// When each device is to renew, so that the fleet does not come all at once.
@NullMarked
package io.cardea.life.rotation.calendar;

import org.jspecify.annotations.NullMarked;
