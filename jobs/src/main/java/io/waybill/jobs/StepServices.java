package io.waybill.jobs;

import io.waybill.transfer.SharedRate;
import io.waybill.transfer.WireTap;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Function;
import javax.net.SocketFactory;

/**
 * What step handlers are built with.
 *
 * @param connections of the configuration
 * @param mail how messages leave
 * @param mailboxes how messages are got at
 * @param sockets makes the factory whose sockets die with a scope; proxies sit in it
 * @param tap is told what connections say
 * @param rate what all connections together keep to
 * @param clock the time
 */
public record StepServices(
    Connections connections,
    MailSubmission mail,
    Mailboxes mailboxes,
    Function<CancelScope, SocketFactory> sockets,
    WireTap tap,
    SharedRate rate,
    InstantSource clock) {
  public StepServices {
    Objects.requireNonNull(connections, "connections");
    Objects.requireNonNull(mail, "mail");
    Objects.requireNonNull(mailboxes, "mailboxes");
    Objects.requireNonNull(sockets, "sockets");
    Objects.requireNonNull(tap, "tap");
    Objects.requireNonNull(rate, "rate");
    Objects.requireNonNull(clock, "clock");
  }

  /** Returns the same for other connections. */
  public StepServices with(Connections others) {
    return new StepServices(others, mail, mailboxes, sockets, tap, rate, clock);
  }
}
