package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.MailSubmission;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepServices;
import io.waybill.transfer.SharedRate;
import io.waybill.transfer.WireTap;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Function;
import javax.net.SocketFactory;

/** What connections are tried with where there is no store: everything but sending mail. */
public final class LoginServices {
  private LoginServices() {}

  /**
   * Returns services by which one can log in everywhere, list and read, and send no mail.
   *
   * @param sockets makes the factory whose sockets die with a scope
   * @param tap is told what connections say
   * @param tokens proves who logs in at mail servers without a password
   */
  public static StepServices of(
      Connections connections,
      Function<CancelScope, SocketFactory> sockets,
      WireTap tap,
      MailTokens tokens) {
    MailAccounts accounts = new MailAccounts(() -> connections, tap, tokens);
    return new StepServices(
        connections,
        new LoginOnly(new MailSenders(connections, sockets, accounts, Clock.systemUTC())),
        accounts::of,
        sockets,
        tap,
        SharedRate.NONE,
        Clock.systemUTC());
  }

  /** Logs in and sends nothing. */
  private record LoginOnly(MailSenders senders) implements MailSubmission {
    @Override
    public Receipt submit(Request request, StepCall call) {
      throw new IllegalStateException("no mail is sent here");
    }

    @Override
    public void check(Connection.Outgoing via, CancelScope scope, Duration deadline) {
      senders.check(via, scope, deadline);
    }
  }
}
