package io.waybill.mail.pop3;

import io.waybill.mail.MailAccount;
import io.waybill.mail.net.SaidSecrets;
import io.waybill.mail.sasl.SaslException;
import io.waybill.mail.sasl.SaslExchange;
import io.waybill.mail.sasl.SaslMechanisms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Logs in by AUTH (RFC 5034), or by USER and PASS where no mechanism is offered. */
final class Pop3Login {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MOST_CAPABILITIES = 100;
  private static final int MOST_ROUNDS = 16;
  private static final int LONGEST_COMMAND = 253;
  private static final String SASL = "SASL ";

  private final Pop3Wire wire;
  private final MailAccount account;
  private final int port;
  private final boolean isProtected;
  private final SaidSecrets said;

  Pop3Login(Pop3Wire wire, MailAccount account, int port, boolean isProtected) {
    this.wire = wire;
    this.account = account;
    this.port = port;
    this.isProtected = isProtected;
    this.said = new SaidSecrets(account);
  }

  /** Returns what the server can (RFC 2449), in upper case; nothing if it does not say. */
  static List<String> capabilities(Pop3Wire wire) throws IOException {
    try {
      return wire.lines("CAPA", MOST_CAPABILITIES).stream()
          .map(line -> line.toUpperCase(Locale.ROOT))
          .toList();
    } catch (Pop3Refusal e) {
      return List.of();
    }
  }

  void logIn(List<String> capabilities) throws IOException {
    List<String> offered =
        capabilities.stream()
            .filter(line -> line.startsWith(SASL))
            .flatMap(line -> Arrays.stream(line.substring(SASL.length()).split(" +", -1)))
            .toList();
    try {
      if (offered.isEmpty() && account.password().isPresent() && account.mechanism().isEmpty()) {
        byPassword();
      } else {
        authenticate(SaslMechanisms.choose(account, port, offered, isProtected, RANDOM));
      }
    } catch (SaslException e) {
      throw new Pop3Refusal(e.getMessage() + "; no login was tried", true);
    } catch (Pop3Refusal e) {
      throw e.isLogin() ? new Pop3Refusal(said.hide(String.valueOf(e.getMessage())), true) : e;
    }
  }

  private void byPassword() throws IOException {
    String password = account.password().orElseThrow().get();
    said.remember(password.getBytes(StandardCharsets.UTF_8));
    wire.login("USER " + account.user().orElseThrow());
    wire.login("PASS " + password);
  }

  private void authenticate(SaslExchange exchange) throws IOException, SaslException {
    Optional<byte[]> initial = exchange.initialResponse();
    initial.ifPresent(said::remember);
    String answer;
    try {
      String command = "AUTH " + exchange.mechanism();
      String whole = command + initial.map(first -> " " + inBase64(first)).orElse("");
      // RFC 5034 4; and some take tokens on a line of their own only
      boolean goesAlong = whole.length() <= LONGEST_COMMAND && exchange.token().isEmpty();
      answer = wire.login(goesAlong ? whole : command);
      if (!goesAlong && initial.isPresent()) {
        answer = wire.login(inBase64(initial.get()));
      }
      for (int round = 0; answer.startsWith("+ "); round++) {
        if (round == MOST_ROUNDS || wire.hasMore()) {
          throw new IOException("the server spoke out of turn during the login");
        }
        byte[] response = exchange.respond(decoded(answer.substring(2)));
        said.remember(response);
        answer = wire.login(inBase64(response));
      }
    } catch (Pop3Refusal e) {
      exchange.token().ifPresent(token -> account.tokens().orElseThrow().invalidate(token));
      throw e;
    }
    if (!exchange.isVerified()) {
      throw new Pop3Refusal(
          "the server says that the login succeeded, but does not prove that it knows the password",
          true);
    }
  }

  private static byte[] decoded(String challenge) throws IOException {
    try {
      return Base64.getDecoder().decode(challenge.strip());
    } catch (IllegalArgumentException e) {
      throw new IOException("the server's challenge is not base64", e);
    }
  }

  private static String inBase64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
