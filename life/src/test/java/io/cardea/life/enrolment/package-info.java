@NullMarked
package io.cardea.life.enrolment;

import org.jspecify.annotations.NullMarked;
