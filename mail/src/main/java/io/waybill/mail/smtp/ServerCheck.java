package io.waybill.mail.smtp;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.net.CallGuard;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells what a server is like, step by step: connection, greeting, TLS, extensions, login. Nothing
 * is sent.
 */
public final class ServerCheck {
  private static final Logger log = LoggerFactory.getLogger(ServerCheck.class);

  private final String server;
  private final List<Step> steps;
  private final Optional<MailException> failure;

  private ServerCheck(String server, List<Step> steps, Optional<MailException> failure) {
    this.server = server;
    this.steps = List.copyOf(steps);
    this.failure = failure;
  }

  /**
   * One thing that was done.
   *
   * @param name such as {@code TLS handshake}
   * @param facts what was learned, by name, in order
   * @param took how long it took
   * @param isDone whether it succeeded
   */
  public record Step(String name, Map<String, String> facts, Duration took, boolean isDone) {}

  /** Looks at the account's server; what goes wrong is part of the result. */
  public static ServerCheck run(MailAccount account, Duration deadline) {
    String server = account.host() + ":" + SmtpSession.port(account);
    Notes notes = new Notes();
    try (CallGuard guard = CallGuard.start(deadline)) {
      try {
        SmtpSession session = SmtpSession.open(account, guard, notes);
        notes.limits(session, account);
        notes.end(true);
        goodbye(session);
        return new ServerCheck(server, notes.steps, Optional.empty());
      } catch (IOException e) {
        notes.end(false);
        MailException failure = new Translation(account, server).of(e, notes.name, guard, false);
        return new ServerCheck(server, notes.steps, Optional.of(failure));
      } catch (MailException e) {
        notes.end(false);
        return new ServerCheck(server, notes.steps, Optional.of(e));
      }
    }
  }

  private static void goodbye(SmtpSession session) {
    try {
      session.quit();
    } catch (IOException e) {
      log.debug("mail.quit-failed error={}", e.toString()); // all that was asked is known
    }
  }

  /** Returns the server as {@code host:port}. */
  public String server() {
    return server;
  }

  /** Returns what was done, in order. */
  public List<Step> steps() {
    return steps;
  }

  /** Returns why the last step failed; empty if mail can be sent. */
  public Optional<MailException> failure() {
    return failure;
  }

  private static final class Notes implements SmtpSession.Stage {
    private final List<Step> steps = new ArrayList<>();
    private Map<String, String> facts = new LinkedHashMap<>();
    private String name = "";
    private long begunNanos;

    @Override
    public void enter(String what) {
      if (!name.isEmpty()) {
        end(true);
      }
      name = what;
      begunNanos = System.nanoTime();
    }

    @Override
    public void fact(String what, String value) {
      facts.put(what, value);
    }

    void limits(SmtpSession session, MailAccount account) {
      SmtpCapabilities server = session.capabilities();
      server.largestMessage().ifPresent(bytes -> fact("largest-message", Long.toString(bytes)));
      fact("recipients-per-message", Integer.toString(session.mostRecipients()));
      fact("connections", Integer.toString(account.limits().connections()));
    }

    void end(boolean isDone) {
      steps.add(new Step(name, facts, Duration.ofNanos(System.nanoTime() - begunNanos), isDone));
      facts = new LinkedHashMap<>();
    }
  }
}
