package io.waybill.mail.imap;

import io.waybill.mail.MailAccount;
import io.waybill.mail.net.SaidSecrets;
import io.waybill.mail.sasl.SaslException;
import io.waybill.mail.sasl.SaslExchange;
import io.waybill.mail.sasl.SaslMechanisms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.eclipse.angus.mail.iap.Argument;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.iap.Response;

/** Logs in by AUTHENTICATE (RFC 3501 6.2.2, RFC 4959), or by LOGIN where there is nothing else. */
final class ImapLogin {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String AUTH = "AUTH=";
  private static final int MOST_ROUNDS = 16;

  private final ImapWire wire;
  private final MailAccount account;
  private final int port;
  private final boolean isProtected;
  private final SaidSecrets said;

  ImapLogin(ImapWire wire, MailAccount account, int port, boolean isProtected) {
    this.wire = wire;
    this.account = account;
    this.port = port;
    this.isProtected = isProtected;
    this.said = new SaidSecrets(account);
  }

  /** Logs in as the account wants. */
  void logIn() throws IOException, ProtocolException {
    List<String> offered =
        wire.getCapabilities().keySet().stream()
            .filter(each -> each.startsWith(AUTH))
            .map(each -> each.substring(AUTH.length()))
            .toList();
    SaslExchange exchange;
    try {
      exchange = SaslMechanisms.choose(account, port, offered, isProtected, RANDOM);
    } catch (SaslException e) {
      if (mayLogInPlainly()) {
        logInPlainly();
        return;
      }
      throw new Failure(e.getMessage() + "; no login was tried", false);
    }
    authenticate(exchange);
  }

  /** Servers may offer no mechanism and still know the command, which they then forbid if not. */
  private boolean mayLogInPlainly() {
    return account.password().isPresent()
        && account.mechanism().isEmpty()
        && !wire.hasCapability("LOGINDISABLED");
  }

  private void logInPlainly() throws IOException, ProtocolException {
    String password = account.password().orElseThrow().get();
    said.remember(password.getBytes(StandardCharsets.UTF_8));
    Argument words = new Argument();
    words.writeString(account.user().orElseThrow(), StandardCharsets.UTF_8);
    words.writeString(password, StandardCharsets.UTF_8);
    Response[] responses = wire.answers("LOGIN", words, ImapWire.USUAL);
    conclude(responses[responses.length - 1]);
  }

  private void authenticate(SaslExchange exchange) throws IOException, ProtocolException {
    Optional<byte[]> initial = exchange.initialResponse();
    String command = "AUTHENTICATE " + exchange.mechanism();
    if (initial.isPresent() && wire.hasCapability("SASL-IR")) {
      said.remember(initial.get());
      command += " " + inBase64(initial.get());
      initial = Optional.empty();
    }
    String tag = wire.writeCommand(command, null);
    Response answer = next(tag);
    for (int round = 0; answer.isContinuation(); round++) {
      if (round == MOST_ROUNDS) {
        throw new IOException("the server asks again and again during the login");
      }
      byte[] response = initial.isPresent() ? initial.get() : respond(exchange, answer, tag);
      initial = Optional.empty();
      said.remember(response);
      if (wire.hasResponse()) {
        // It would be taken for the answer to what is secret, which would then show in a trace.
        throw new IOException("the server spoke out of turn during the login");
      }
      wire.say(inBase64(response));
      answer = next(tag);
    }
    if (answer.isOK() && !exchange.isVerified()) {
      throw new Failure(
          "the server says that the login succeeded, but does not prove that it knows the password",
          false);
    }
    if (!answer.isOK()) {
      // A token may have been withdrawn before its time: the next login asks for another.
      exchange.token().ifPresent(token -> account.tokens().orElseThrow().invalidate(token));
    }
    conclude(answer, exchange.complaint());
  }

  private byte[] respond(SaslExchange exchange, Response challenge, String tag)
      throws IOException, ProtocolException {
    try {
      return exchange.respond(Base64.getDecoder().decode(challenge.getRest().strip()));
    } catch (IllegalArgumentException e) {
      throw givenUp("the server's challenge is not base64", tag);
    } catch (SaslException e) {
      throw givenUp(String.valueOf(e.getMessage()), tag);
    }
  }

  private Failure givenUp(String why, String tag) throws IOException, ProtocolException {
    wire.say("*"); // RFC 3501 6.2.2: cancels the login
    Response ignored = next(tag);
    return new Failure(why, false);
  }

  /** Returns the next answer that is no untagged remark, of which a server may make a few. */
  private Response next(String tag) throws IOException, ProtocolException {
    for (int i = 0; i < MOST_ROUNDS; i++) {
      Response response = wire.next();
      if (response.isContinuation() || (response.isTagged() && tag.equals(response.getTag()))) {
        return response;
      }
    }
    throw new IOException("the server says anything but an answer to the login");
  }

  private void conclude(Response answer) throws IOException {
    conclude(answer, Optional.empty());
  }

  private void conclude(Response answer, Optional<String> complaint) throws IOException {
    if (!answer.isOK()) {
      String text = String.valueOf(answer.getRest()).strip();
      throw new Failure(
          "the server answered "
              + (answer.isNO() ? "NO " : "BAD ")
              + said.hide(text)
              + complaint.map(why -> " (" + why + ")").orElse(""),
          ImapErrors.isTemporary(text));
    }
  }

  private static String inBase64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Says why nobody was logged in, in words that hold no secret. */
  static final class Failure extends IOException {
    private static final long serialVersionUID = 1;
    private final boolean isTemporary;

    Failure(String why, boolean isTemporary) {
      super(why);
      this.isTemporary = isTemporary;
    }

    boolean isTemporary() {
      return isTemporary;
    }
  }
}
