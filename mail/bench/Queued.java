import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.waybill.mail.MailSender;
import io.waybill.mail.outbox.Outbox;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.OutboxState;
import io.waybill.mail.smtp.SmtpSender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Ours with the outbox, in an H2 file opened as the scheduler's store is: as many threads as
 * connections enqueue a message each and deliver it.
 */
final class Queued implements Bench.Load {
  private final Path directory;
  private Path database;
  private HikariDataSource pool;
  private Outbox outbox;
  private Bench.Target target;
  private MailSender sender;

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
  }

  @Override
  public void send(int count) throws Exception {
    Bench.inThreads(
        target.connections(),
        count,
        thread -> {
          OutboxEntry queued = outbox.enqueue(Direct.message(target), UUID.randomUUID().toString());
          OutboxEntry settled = outbox.deliver(queued.id(), sender);
          if (settled.state() != OutboxState.SENT) {
            throw new IllegalStateException(settled.toString());
          }
        });
  }

  @Override
  public void close() throws Exception {
    if (sender != null) {
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
