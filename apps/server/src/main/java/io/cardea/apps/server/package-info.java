@NullMarked
package io.cardea.apps.server;

import org.jspecify.annotations.NullMarked;
