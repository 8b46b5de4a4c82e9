/// The command line: one class per command, each a thin caller of the API or of the server itself.
@NullMarked
package io.cardea.apps.cli;

import org.jspecify.annotations.NullMarked;
