package io.waybill.mail.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.mail.AccessToken;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileChallengesTest {
  private static final String SECRET = "planted-Pa55word";
  private static final String FRAGMENTS =
      "r= s= i= m= e= v= , nonce 4096 {\"status\": \" } \0 \uFFFD";

  @Test
  void aHugeChallengeIsRefusedByAll() throws SaslException {
    byte[] huge = new byte[SaslExchange.MAX_CHALLENGE_BYTES + 1];
    for (SaslExchange login : all(new Random(1))) {
      assertThatThrownBy(() -> login.respond(huge))
          .as(login.mechanism())
          .isInstanceOf(SaslException.class)
          .hasMessageContaining("8193 bytes");
    }
  }

  @Test
  void bytesThatAreNoTextEndTheLogin() throws SaslException {
    ScramExchange login = ScramExchange.of("user", SECRET, "nonce");
    assertThatThrownBy(() -> login.respond(new byte[] {'r', '=', (byte) 0xC3, (byte) 0x28}))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("UTF-8");
  }

  @Test
  void noExchangeShowsASecretByItself() throws SaslException {
    for (SaslExchange login : all(new Random(1))) {
      assertThat(login.toString()).isEqualTo(login.mechanism());
    }
  }

  /** Whatever comes, an exchange ends, by an exception of its kind, without a secret in it. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void garbageEndsEveryLogin(long seed) throws SaslException {
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      for (SaslExchange login : all(random)) {
        int answers = 0;
        try {
          while (answers <= 5) {
            login.respond(garbage(random));
            answers++;
          }
        } catch (SaslException e) {
          assertThat(String.valueOf(e.getMessage())).doesNotContain(SECRET).doesNotContain("\0");
          assertThat(e).hasNoCause();
        }
        assertThat(answers).as("%s, seed %d", login.mechanism(), seed).isLessThanOrEqualTo(3);
        if (login instanceof ScramExchange) {
          assertThat(login.isVerified()).isFalse();
        }
      }
    }
  }

  private static byte[] garbage(Random random) {
    if (random.nextBoolean()) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      return bytes;
    }
    List<String> words = List.of(FRAGMENTS.split(" ", -1));
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(words.get(random.nextInt(words.size())));
    }
    return text.toString().getBytes(UTF_8);
  }

  private static List<SaslExchange> all(Random random) throws SaslException {
    AccessToken token = new AccessToken(SECRET, Instant.MAX);
    return List.of(
        new PlainExchange("user", SECRET),
        new LoginExchange("user", SECRET),
        new CramMd5Exchange("user", SECRET),
        ScramExchange.of("user", SECRET, random),
        BearerExchange.xoauth2("user", token),
        BearerExchange.oauthBearer("user", "host", 587, token));
  }
}
