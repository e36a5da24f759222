package io.waybill.mail.smtp;

import io.waybill.mail.MailAccount;
import io.waybill.mail.Reply;
import io.waybill.mail.net.SaidSecrets;
import io.waybill.mail.sasl.SaslException;
import io.waybill.mail.sasl.SaslExchange;
import io.waybill.mail.sasl.SaslMechanisms;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Logs in by AUTH (RFC 4954). */
final class SmtpLogin {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int CONTINUE = 334;
  private static final int SUCCESS = 235;

  private final SmtpWire wire;
  private final MailAccount account;
  private final SaidSecrets said;

  SmtpLogin(SmtpWire wire, MailAccount account) {
    this.wire = wire;
    this.account = account;
    this.said = new SaidSecrets(account);
  }

  /** Logs in as the account wants and returns the mechanism. */
  String logIn(List<String> offered) throws IOException {
    SaslExchange exchange = choose(offered);
    Reply reply = talk(exchange);
    if (reply.code() == SUCCESS && exchange.isVerified()) {
      return exchange.mechanism();
    }
    // A token may have been withdrawn before its time: the next login asks for another.
    exchange.token().ifPresent(token -> account.tokens().orElseThrow().invalidate(token));
    if (reply.code() == SUCCESS) {
      throw failure(
          "the server says that the login succeeded, but does not prove that it knows the password;"
              + " nothing was sent",
          null);
    }
    throw failure(
        "the server answered " + reply + exchange.complaint().map(c -> " (" + c + ")").orElse(""),
        reply);
  }

  private SaslExchange choose(List<String> offered) throws SmtpFailure {
    try {
      return SaslMechanisms.choose(
          account, SmtpSession.port(account), offered, wire.tls() != null, RANDOM);
    } catch (SaslException e) {
      throw failure(e.getMessage() + "; nothing was sent", null);
    }
  }

  private Reply talk(SaslExchange exchange) throws IOException {
    String command = "AUTH " + exchange.mechanism();
    Optional<byte[]> initial = exchange.initialResponse();
    String whole = command + initial.map(first -> " " + inBase64(first)).orElse("");
    boolean fits = whole.length() <= SmtpWire.MAX_COMMAND;
    if (fits) {
      initial.ifPresent(said::remember);
    }
    Reply reply = wire.command(fits ? whole : command);
    while (reply.code() == CONTINUE) {
      byte[] answer = answer(exchange);
      said.remember(answer);
      if (wire.replies().hasMore()) {
        // It would be taken for the answer to what is secret, which would then be shown in a trace.
        throw failure("the server spoke out of turn during the login", null);
      }
      reply = wire.command(inBase64(answer));
    }
    return new Reply(reply.code(), said.hide(reply.text()));
  }

  private byte[] answer(SaslExchange exchange) throws IOException {
    try {
      return exchange.respond(Base64.getDecoder().decode(wire.replies().texts().get(0)));
    } catch (IllegalArgumentException e) {
      throw givenUp("the server's challenge is not base64");
    } catch (SaslException e) {
      throw givenUp(String.valueOf(e.getMessage()));
    }
  }

  private SmtpFailure givenUp(String why) throws IOException {
    wire.command("*"); // RFC 4954 4: cancels the login
    return failure(why, null);
  }

  private static SmtpFailure failure(String why, @Nullable Reply reply) {
    return new SmtpFailure(SmtpFailure.Kind.LOGIN, why, reply, null);
  }

  private static String inBase64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
