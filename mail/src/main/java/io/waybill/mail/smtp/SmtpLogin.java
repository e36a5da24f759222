package io.waybill.mail.smtp;

import io.waybill.mail.MailAccount;
import io.waybill.mail.Reply;
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

  SmtpLogin(SmtpWire wire, MailAccount account) {
    this.wire = wire;
    this.account = account;
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
    Optional<String> initial = exchange.initialResponse().map(SmtpLogin::inBase64);
    String whole = command + initial.map(first -> " " + first).orElse("");
    boolean fits = whole.length() <= SmtpWire.MAX_COMMAND;
    Reply reply = fits ? secret(whole) : wire.command(command);
    while (reply.code() == CONTINUE) {
      reply = secret(inBase64(answer(exchange, reply)));
    }
    return reply;
  }

  private byte[] answer(SaslExchange exchange, Reply reply) throws IOException {
    try {
      return exchange.respond(Base64.getDecoder().decode(reply.text()));
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

  /** Sends a line with credentials in it. A server that echoes it gets no chance to leak it. */
  private Reply secret(String line) throws IOException {
    Reply reply = wire.command(line);
    String sent = line.substring(line.lastIndexOf(' ') + 1);
    return sent.length() > 4 && reply.code() != CONTINUE && reply.text().contains(sent)
        ? new Reply(reply.code(), "(the server's text repeats what was sent and is not shown)")
        : reply;
  }

  private static String inBase64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
