package io.waybill.jobs.web;

import io.javalin.http.Context;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may call: another local user has no token, and a web page has a foreign Host or
 * Origin.
 */
final class Gate {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
  private final byte[] token;

  Gate(String token) {
    this.token = token.getBytes(StandardCharsets.US_ASCII);
  }

  void check(Context context) {
    if (!isLoopback(context.header("Host"))) {
      throw new Refusal(403, "the Host header names another host than this one");
    }
    String origin = context.header("Origin");
    if (origin != null && !isOwn(origin, context.header("Host"))) {
      throw new Refusal(403, "the Origin header names another site");
    }
    String authorization = context.header("Authorization");
    if (authorization == null || !isToken(authorization)) {
      throw new Refusal(
          401, "a bearer token is needed; the daemon's file in the state directory holds it");
    }
  }

  private boolean isToken(String authorization) {
    byte[] given = authorization.getBytes(StandardCharsets.UTF_8);
    byte[] wanted = new byte[7 + token.length];
    System.arraycopy("Bearer ".getBytes(StandardCharsets.US_ASCII), 0, wanted, 0, 7);
    System.arraycopy(token, 0, wanted, 7, token.length);
    return MessageDigest.isEqual(given, wanted);
  }

  private static boolean isLoopback(@Nullable String host) {
    return host != null && LOOPBACK.contains(host.replaceFirst(":\\d{1,5}$", ""));
  }

  private static boolean isOwn(String origin, @Nullable String host) {
    try {
      return host != null && host.equals(URI.create(origin).getAuthority());
    } catch (IllegalArgumentException e) {
      return false; // "null" and nonsense are foreign
    }
  }
}
