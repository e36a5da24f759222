import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailSender;
import io.waybill.mail.outbox.EnqueueRequest;
import io.waybill.mail.outbox.Outbox;
import io.waybill.mail.outbox.OutboxAccounts;
import io.waybill.mail.outbox.OutboxDispatcher;
import io.waybill.mail.outbox.OutboxState;
import io.waybill.mail.smtp.SmtpSender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Ours with the outbox, in an H2 file opened as the scheduler's store is: as many threads as
 * connections enqueue messages, and the dispatcher sends them meanwhile. The time ends when the last
 * one is on record as sent.
 */
final class Queued implements Bench.Load {
  private final Path directory;
  private Path database;
  private HikariDataSource pool;
  private Outbox outbox;
  private Bench.Target target;
  private MailSender sender;
  private OutboxDispatcher dispatcher;

  Queued(Path directory) {
    this.directory = directory;
  }

  @Override
  public void open(Bench.Target target) throws Exception {
    this.target = target;
    database = Files.createTempDirectory(directory, "outbox");
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(
        "jdbc:h2:retry:" + database.resolve("store") + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
    config.setUsername("sa");
    config.setMaximumPoolSize(target.connections() + 2);
    pool = new HikariDataSource(config);
    outbox = Outbox.open(pool, "bench/1", Clock.systemUTC());
    sender = SmtpSender.connect(Direct.account(target));
    dispatcher = OutboxDispatcher.start(outbox, new One(sender, target.connections()));
  }

  private record One(FrozenSender sender, int most) implements OutboxAccounts {
    @Override
    public Optional<FrozenSender> sender(String account) {
      return Optional.of(sender);
    }

    @Override
    public int connections(String account) {
      return most;
    }
  }

  @Override
  public void send(int count) throws Exception {
    Bench.inThreads(
        target.connections(),
        count,
        thread ->
            outbox.enqueue(
                Direct.message(target),
                EnqueueRequest.builder(UUID.randomUUID().toString()).account("bench").build()));
    while (outbox.load().entries() > 0) {
      Thread.sleep(10);
    }
    if (!outbox.list(EnumSet.complementOf(EnumSet.of(OutboxState.SENT)), 1).isEmpty()) {
      throw new IllegalStateException("not all were sent");
    }
  }

  @Override
  public void close() throws Exception {
    if (sender != null) {
      dispatcher.close();
      sender.close();
      pool.close();
      delete(database);
      sender = null;
    }
  }

  private static void delete(Path tree) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(tree)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }
}
