package io.waybill.mail.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.mail.AccessToken;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.TokenSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SaslMechanismsTest {
  private static final List<String> ALL =
      List.of("CRAM-MD5", "LOGIN", "PLAIN", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER", "GSSAPI");

  @ParameterizedTest
  @CsvSource({
    "true,  SCRAM-SHA-256 PLAIN LOGIN CRAM-MD5",
    "false, SCRAM-SHA-256 CRAM-MD5 PLAIN LOGIN"
  })
  void passwordsTakeTheBestThatIsOffered(boolean isProtected, String order) throws SaslException {
    List<String> offered = new ArrayList<>(ALL);
    for (String expected : order.split(" ", -1)) {
      assertThat(choose(password().build(), offered, isProtected).mechanism()).isEqualTo(expected);
      offered.remove(expected);
    }
    assertThatThrownBy(() -> choose(password().build(), offered, isProtected))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("the server offers only XOAUTH2, OAUTHBEARER, GSSAPI")
        .hasMessageContaining("with a password we speak SCRAM-SHA-256, ")
        .hasMessageContaining("give the account a source of OAuth 2 tokens");
  }

  @Test
  void tokensTakeTheStandardBeforeTheOlderWay() throws SaslException {
    assertThat(choose(tokens().build(), ALL, true).mechanism()).isEqualTo("OAUTHBEARER");
    assertThat(choose(tokens().build(), List.of("PLAIN", "xoauth2"), true).mechanism())
        .isEqualTo("XOAUTH2");
    assertThatThrownBy(() -> choose(tokens().build(), List.of("PLAIN", "LOGIN"), true))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("offers only PLAIN, LOGIN")
        .hasMessageContaining("with an access token we speak OAUTHBEARER, XOAUTH2")
        .hasMessageContaining("give the account a password");
  }

  @Test
  void oauthBearerTellsHostAndPort() throws SaslException {
    SaslExchange login = SaslMechanisms.choose(tokens().build(), 2525, ALL, true, new Random(1));
    assertThat(new String(login.initialResponse().orElseThrow(), UTF_8))
        .contains("\1host=mail.example.org\1port=2525\1");
    assertThat(login.token()).contains(TOKEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "plain"})
  void theMechanismThatIsSetIsTaken(String mechanism) throws SaslException {
    MailAccount account = password().mechanism(mechanism).build();
    assertThat(choose(account, ALL, true).mechanism()).isEqualToIgnoringCase(mechanism);
  }

  @Test
  void theMechanismThatIsSetMustBeOffered() {
    MailAccount account = password().mechanism("SCRAM-SHA-256").build();
    assertThatThrownBy(() -> choose(account, List.of("PLAIN", "LOGIN"), true))
        .isInstanceOf(SaslException.class)
        .hasMessage(
            "the account is set to log in with SCRAM-SHA-256,"
                + " and the server offers only PLAIN, LOGIN; set another, or none");
  }

  @Test
  void theMechanismThatIsSetMustFitWhatTheAccountHas() {
    MailAccount account = password().mechanism("XOAUTH2").build();
    assertThatThrownBy(() -> choose(account, ALL, true))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("XOAUTH2, which needs a source of tokens, and has a password");
    MailAccount other = tokens().mechanism("PLAIN").build();
    assertThatThrownBy(() -> choose(other, ALL, true))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("PLAIN, which needs a password, and has a source of tokens");
  }

  @Test
  void theMechanismThatIsSetMustBeSpoken() {
    MailAccount account = password().mechanism("GSSAPI").build();
    assertThatThrownBy(() -> choose(account, ALL, true))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("GSSAPI, which we do not speak")
        .hasMessageContaining("OAUTHBEARER")
        .hasMessageContaining("the server offers only");
  }

  @Test
  void aServerWithoutLoginsIsToldSo() {
    assertThatThrownBy(() -> choose(password().build(), List.of(), true))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("the server offers no login");
  }

  @Test
  void namesThatAreNoneAreNotRepeated() {
    List<String> offered = new ArrayList<>(List.of("X\r\nY", "", "ü", "A".repeat(21), "GOOD"));
    offered.addAll(Collections.nCopies(100, "MORE"));
    for (int i = 0; i < 100; i++) {
      offered.add("N" + i);
    }
    assertThatThrownBy(() -> choose(password().build(), offered, true))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("offers only GOOD, MORE, N0, ")
        .hasMessageNotContaining("N31")
        .hasMessageNotContaining("\n");
  }

  @Test
  void thePasswordIsAskedForOnce() throws SaslException {
    AtomicInteger asked = new AtomicInteger();
    MailAccount account = account().user("u").password(() -> "p" + asked.incrementAndGet()).build();
    SaslExchange login = choose(account, List.of("LOGIN"), true);
    login.respond(new byte[0]);
    login.respond(new byte[0]);
    assertThat(asked).hasValue(1);
    choose(account, List.of("PLAIN"), true).initialResponse();
    assertThat(asked).as("and again for the next login").hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"})
  void passwordsThatCannotBeCarriedAreRefusedWithoutShowingThem(String mechanism) {
    for (String bad : new String[] {"secret\0secret", "secret\uD800", ""}) {
      MailAccount account = account().user("u").password(() -> bad).build();
      assertThatThrownBy(() -> choose(account, List.of(mechanism), true))
          .isInstanceOf(SaslException.class)
          .hasMessageContaining("the password")
          .hasMessageNotContaining("secret")
          .hasNoCause();
    }
  }

  @Test
  void whatTheSourceOfTokensThrowsGoesOn() {
    MailException.AuthenticationFailed failure =
        new MailException.AuthenticationFailed("idp:443", "client", "no", false, null);
    TokenSource failing =
        new TokenSource() {
          @Override
          public AccessToken token() {
            throw failure;
          }

          @Override
          public void invalidate(AccessToken refused) {}
        };
    assertThatThrownBy(() -> choose(account().user("u").tokens(failing).build(), ALL, true))
        .isSameAs(failure);
  }

  @Test
  void withoutAUserThereIsNothingToChoose() {
    assertThatThrownBy(() -> choose(account().build(), ALL, true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static final AccessToken TOKEN = new AccessToken("t0ken", Instant.MAX);

  private static SaslExchange choose(MailAccount account, List<String> offered, boolean isProtected)
      throws SaslException {
    return SaslMechanisms.choose(account, 587, offered, isProtected, new Random(1));
  }

  private static MailAccount.Builder account() {
    return MailAccount.builder().host("mail.example.org");
  }

  private static MailAccount.Builder password() {
    return account().user("u").password(() -> "p");
  }

  private static MailAccount.Builder tokens() {
    return account()
        .user("u")
        .tokens(
            new TokenSource() {
              @Override
              public AccessToken token() {
                return TOKEN;
              }

              @Override
              public void invalidate(AccessToken refused) {}
            });
  }
}
