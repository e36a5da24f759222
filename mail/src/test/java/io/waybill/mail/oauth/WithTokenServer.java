package io.waybill.mail.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.mail.MailException;
import io.waybill.testkit.SettableClock;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of a source against a provider begin with. */
abstract class WithTokenServer {
  static final Instant START = Instant.parse("2026-11-29T12:00:00Z");

  final SettableClock clock = SettableClock.at(START);
  final MemoryStore store = new MemoryStore("refresh-1");
  TokenServer server;

  @BeforeEach
  final void begin() throws IOException {
    server = new TokenServer();
  }

  @AfterEach
  final void end() {
    server.close();
  }

  final OAuth2TokenSource.Builder refreshing() {
    return OAuth2TokenSource.builder(server.uri())
        .clientId("client")
        .refreshToken(store)
        .clock(clock);
  }

  static MailException.AuthenticationFailed failure(OAuth2TokenSource source) {
    MailException.AuthenticationFailed failure =
        catchThrowableOfType(MailException.AuthenticationFailed.class, source::token);
    assertThat(failure).isNotNull();
    return failure;
  }

  static String granted(String token) {
    return "{\"access_token\":\"" + token + "\",\"token_type\":\"Bearer\",\"expires_in\":3600}";
  }
}
