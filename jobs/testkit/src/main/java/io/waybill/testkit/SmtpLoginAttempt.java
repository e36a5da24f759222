package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.testkit.SmtpLogins.Dialogue;
import io.waybill.testkit.SmtpLogins.Refused;
import io.waybill.testkit.SmtpLogins.Verdict;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** One AUTH, from its first line to its verdict. */
final class SmtpLoginAttempt {
  static final String NOT_BASE64 = "501 5.5.2 that is not base64";
  static final String BROKEN_OFF = "501 5.7.0 as you like";

  private static final String WELCOME = "235 2.7.0 welcome";
  private static final String WRONG = "535 5.7.8 authentication credentials invalid";
  private static final String MALFORMED = "501 5.5.2 malformed login";
  private static final byte[] SALT = "scripted-salt-16".getBytes(UTF_8);
  private static final int ITERATIONS = 4096; // RFC 7677 4

  private final SmtpLogins logins;
  private final Dialogue dialogue;
  private final @Nullable String initial;

  /**
   * Prepares one.
   *
   * @param initial what stood behind the mechanism, in Base64 ("=" is nothing said, RFC 4954 4)
   */
  SmtpLoginAttempt(SmtpLogins logins, Dialogue dialogue, @Nullable String initial) {
    this.logins = logins;
    this.dialogue = dialogue;
    this.initial = initial;
  }

  Verdict run(String mechanism) throws IOException {
    try {
      return switch (mechanism.toUpperCase(Locale.ROOT)) {
        case "PLAIN" -> plain();
        case "LOGIN" -> login();
        case "CRAM-MD5" -> cramMd5();
        case "SCRAM-SHA-256" -> scram();
        case "XOAUTH2" -> bearer("{\"status\":\"401\",\"schemes\":\"bearer\"}");
        case "OAUTHBEARER" -> bearer("{\"status\":\"invalid_token\",\"scope\":\"mail\"}");
        default -> throw new Refused("504 5.5.4 we offer that, but do not know how");
      };
    } catch (Refused e) {
      return new Verdict("", String.valueOf(e.getMessage()));
    }
  }

  private static Verdict verdict(String user, boolean isRight) {
    return new Verdict(user, isRight ? WELCOME : WRONG);
  }

  private boolean isRight(String user, String password) {
    return logins.password(user).filter(password::equals).isPresent();
  }

  /** Returns what the client says first, with AUTH or when asked. */
  private String first(String challenge) throws IOException, Refused {
    String given = initial;
    if (given == null) {
      return dialogue.ask(challenge);
    }
    return given.equals("=") ? "" : decoded(given);
  }

  static String decoded(String base64) throws Refused {
    try {
      return new String(Base64.getDecoder().decode(base64), UTF_8);
    } catch (IllegalArgumentException e) {
      throw new Refused(NOT_BASE64);
    }
  }

  private Verdict plain() throws IOException, Refused {
    String[] parts = first("").split("\0", -1); // authorize as, user, password (RFC 4616 2)
    if (parts.length != 3) {
      throw new Refused(MALFORMED);
    }
    return verdict(parts[1], isRight(parts[1], parts[2]));
  }

  private Verdict login() throws IOException, Refused {
    String user = first("Username:");
    return verdict(user, isRight(user, dialogue.ask("Password:")));
  }

  private Verdict cramMd5() throws IOException, Refused {
    if (initial != null) {
      throw new Refused(MALFORMED); // the server speaks first (RFC 2195 2)
    }
    String challenge = "<" + logins.nonce() + "@scripted.test>";
    String answer = dialogue.ask(challenge);
    int blank = answer.lastIndexOf(' ');
    if (blank < 0) {
      throw new Refused(MALFORMED);
    }
    String user = answer.substring(0, blank);
    Optional<String> password = logins.password(user);
    return verdict(
        user,
        password.isPresent()
            && hmacMd5(password.get(), challenge).equals(answer.substring(blank + 1)));
  }

  private static String hmacMd5(String key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacMD5");
      mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacMD5"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Verdict scram() throws IOException, Refused {
    ScramConduct conduct = logins.scram();
    ScramServer server =
        new ScramServer(
            SALT, conduct == ScramConduct.ONE_ITERATION ? 1 : ITERATIONS, logins.nonce());
    String challenge =
        server
            .first(first(""), conduct != ScramConduct.FOREIGN_NONCE)
            .orElseThrow(() -> new Refused(MALFORMED));
    String proof = dialogue.ask(challenge);
    Optional<String> signature =
        logins.password(server.user()).flatMap(password -> server.last(proof, password));
    if (signature.isPresent() && conduct != ScramConduct.NO_SIGNATURE) {
      // success has no text of its own in SMTP: the signature is a challenge, answered by nothing
      dialogue.ask(
          conduct == ScramConduct.WRONG_SIGNATURE
              ? "v=" + Base64.getEncoder().encodeToString(new byte[32])
              : signature.get());
    }
    return verdict(server.user(), signature.isPresent());
  }

  /** Both say {@code auth=Bearer TOKEN} between bytes of 1 (RFC 7628 3.1). */
  private Verdict bearer(String why) throws IOException, Refused {
    String user = "";
    String token = "";
    for (String part : first("").split("\u0001", -1)) {
      if (part.startsWith("user=")) {
        user = part.substring(5);
      } else if (part.startsWith("n,a=")) {
        user = part.substring(4).replace(",", "");
      } else if (part.regionMatches(true, 0, "auth=Bearer ", 0, 12)) {
        token = part.substring(12);
      }
    }
    if (logins.isValid(token)) {
      return verdict(user, true);
    }
    dialogue.ask(why); // the client answers with nothing, or a byte of 1, and hears 535
    return verdict(user, false);
  }
}
