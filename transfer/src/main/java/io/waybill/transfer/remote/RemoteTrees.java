package io.waybill.transfer.remote;

import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.LooseNames;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Copies trees, several files at once over the sessions of one endpoint. */
final class RemoteTrees {
  private final SessionPool pool;

  RemoteTrees(SessionPool pool) {
    this.pool = pool;
  }

  TreeReceipt upload(Path directory, String remote, TreeOptions options, Call call) {
    return call.run(pool.endpoint().name(), () -> uploaded(directory, remote, options, call));
  }

  private TreeReceipt uploaded(Path directory, String remote, TreeOptions options, Call call) {
    if (!Files.isDirectory(directory)) {
      throw new TransferException.NotFound(
          directory.toString(), "No such directory: " + directory, null);
    }
    TreeCopyTerms terms =
        TreeCopyTerms.of(directory.toAbsolutePath(), remote, directory.toString(), options);
    TreeCrew crew = new TreeCrew(pool, call, threads(options), () -> TreeCrew.Basket.NONE);
    TreeReceipt.Builder receipt =
        TreeReceipt.builder()
            .source(Location.of(directory))
            .target(pool.endpoint().location(remote));
    return copy(
        terms,
        crew,
        receipt,
        () ->
            pool.work(
                call,
                lease -> {
                  TreeSender sender = new TreeSender(lease, terms, crew);
                  here(terms, sender::run);
                  return sender.reconnects();
                }));
  }

  TreeReceipt download(String remote, Path directory, TreeOptions options, Call call) {
    return call.run(pool.endpoint().name(), () -> downloaded(remote, directory, options, call));
  }

  private TreeReceipt downloaded(String remote, Path directory, TreeOptions options, Call call) {
    TreeCopyTerms terms = TreeCopyTerms.of(directory.toAbsolutePath(), remote, remote, options);
    try {
      Files.createDirectories(directory);
    } catch (FileAlreadyExistsException e) {
      throw new TransferException.Refused(
          0,
          false,
          "The source '%s' is a directory, and the target %s is a file: name a directory as target"
              .formatted(remote, e.getFile()),
          e);
    } catch (IOException e) {
      throw LocalFailures.translate(directory, e);
    }
    TreeCrew crew =
        new TreeCrew(
            pool,
            call,
            threads(options),
            () -> SmallFiles.below(terms.local(), LooseNames.random()));
    TreeReceipt.Builder receipt =
        TreeReceipt.builder()
            .source(pool.endpoint().location(remote))
            .target(Location.of(directory));
    return copy(
        terms,
        crew,
        receipt,
        () ->
            pool.work(
                call,
                lease -> {
                  TreeFetcher fetcher = new TreeFetcher(lease, terms, crew);
                  here(terms, fetcher::run);
                  return fetcher.reconnects();
                }));
  }

  private int threads(TreeOptions options) {
    return Math.min(options.openFiles(), pool.endpoint().terms().maxSessions());
  }

  private interface Walk {
    void run() throws IOException;
  }

  private static void here(TreeCopyTerms terms, Walk walk) {
    try {
      walk.run();
    } catch (IOException e) {
      throw LocalFailures.translate(terms.local(), e);
    }
  }

  private interface Listing {
    int run();
  }

  private TreeReceipt copy(
      TreeCopyTerms terms, TreeCrew crew, TreeReceipt.Builder receipt, Listing listing) {
    Instant started = pool.endpoint().terms().clock().instant();
    boolean isDone = false;
    int reconnects = 0;
    try (crew) {
      reconnects = listed(crew, listing);
      crew.finish();
      isDone = true;
    } finally {
      terms
          .tally()
          .addTo(receipt)
          .reconnects(reconnects)
          .time(started, Duration.between(started, pool.endpoint().terms().clock().instant()));
      if (!isDone) {
        terms.options().unfinished().ifPresent(to -> to.accept(receipt.build()));
      }
    }
    terms.tally().tell(true);
    return receipt.build();
  }

  // one of the crew that failed ended the listing, too: what it says is why
  private static int listed(TreeCrew crew, Listing listing) {
    try {
      return listing.run();
    } catch (RuntimeException e) {
      @Nullable RuntimeException first = crew.failure();
      if (first != null && first != e) {
        first.addSuppressed(e);
        throw first;
      }
      throw e;
    }
  }
}
