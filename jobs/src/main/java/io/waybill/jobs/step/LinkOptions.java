package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.transfer.PartPattern;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.tcp.Balance;
import io.waybill.transfer.tcp.Retry;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How connections to servers are used. The rate is for all of them, the names of part files for all
 * but {@code waybill:} servers, the rest for these only.
 *
 * @param rate how fast each of them may be, each way; empty for what is said of the connection
 * @param parts how unfinished files are called there; empty for what is said of the connection
 * @param streams how many connections a file may use; 0 lets the endpoint find out
 * @param balance which of several hosts to begin with
 * @param routes where it is kept how many were best; empty for this process only
 * @param retries is told of each failure that will be tried again
 */
public record LinkOptions(
    Optional<RateLimit> rate,
    Optional<PartPattern> parts,
    int streams,
    Balance balance,
    Optional<Path> routes,
    Consumer<Retry> retries) {
  /** What holds if nothing was said. */
  public static final LinkOptions USUAL = at(Optional.empty());

  /** Returns what holds if only a rate was said. */
  public static LinkOptions at(Optional<RateLimit> rate) {
    return new LinkOptions(
        rate, Optional.empty(), 0, Balance.FAILOVER, Optional.empty(), retry -> {});
  }

  /** Returns how fast a connection may be. */
  RateLimit rate(Connection connection) {
    return rate.or(connection.line()::rate).orElseGet(RateLimit::unlimited);
  }

  /** Returns how unfinished files are called at a connection. */
  PartPattern parts(Connection connection) {
    return parts.or(connection.line()::parts).orElse(PartPattern.USUAL);
  }

  public LinkOptions {
    Objects.requireNonNull(rate, "rate");
    Objects.requireNonNull(parts, "parts");
    Objects.requireNonNull(balance, "balance");
    Objects.requireNonNull(routes, "routes");
    Objects.requireNonNull(retries, "retries");
  }
}
