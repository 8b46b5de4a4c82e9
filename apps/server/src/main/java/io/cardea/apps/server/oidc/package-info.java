/// People and programs sign in with a token of their organisation's identity provider.
@NullMarked
package io.cardea.apps.server.oidc;

import org.jspecify.annotations.NullMarked;
