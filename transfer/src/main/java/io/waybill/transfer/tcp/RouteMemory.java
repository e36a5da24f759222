package io.waybill.transfer.tcp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was learned about the way to each server: how many streams were best. Holds 256 routes, the
 * ones learned last, for 7 days each. Safe for use by several threads.
 *
 * <p>The file has a line {@code host:port streams seconds-since-1970} a route and is replaced as a
 * whole. One that cannot be read is started over: it is worth a few seconds of each transfer, not a
 * failure.
 */
public final class RouteMemory {
  private static final Logger LOG = LoggerFactory.getLogger(RouteMemory.class);
  private static final RouteMemory OF_PROCESS = inMemory(InstantSource.system());
  private static final int MOST_ROUTES = 256;
  private static final long MOST_FILE_BYTES = 256 << 10;
  private static final Duration KEPT = Duration.ofDays(7);
  private static final Pattern LINE = Pattern.compile("(\\S{1,300}) (\\d{1,2}) (\\d{1,11})");

  private final @Nullable Path file;
  private final InstantSource clock;
  private final Map<String, Learned> routes = new LinkedHashMap<>();

  private record Learned(int streams, Instant at) {}

  private RouteMemory(@Nullable Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /** Returns the one that everything in this process shares unless told otherwise. */
  public static RouteMemory ofProcess() {
    return OF_PROCESS;
  }

  /** Makes one that is gone with the process. */
  public static RouteMemory inMemory(InstantSource clock) {
    return new RouteMemory(null, clock);
  }

  /** Makes one that is kept in a file, which need not exist; its directory must. */
  public static RouteMemory inFile(Path file, InstantSource clock) {
    RouteMemory memory = new RouteMemory(Objects.requireNonNull(file), clock);
    memory.load(file);
    return memory;
  }

  /** Returns how many streams were best, 1 if that is not known. */
  public synchronized int streams(String route) {
    Learned learned = routes.get(route);
    return learned == null || isStale(learned) ? 1 : learned.streams;
  }

  /** Notes how many streams were best. */
  public synchronized void learned(String route, int streams) {
    Learned before = routes.remove(route); // to the end: the others were learned before
    routes.put(route, new Learned(streams, clock.instant()));
    while (routes.size() > MOST_ROUTES) {
      routes.remove(routes.keySet().iterator().next());
    }
    if (file != null && (before == null || before.streams != streams || isStale(before))) {
      save(file);
    }
  }

  private boolean isStale(Learned learned) {
    return learned.at.plus(KEPT).isBefore(clock.instant());
  }

  private synchronized void load(Path from) {
    try {
      if (Files.size(from) > MOST_FILE_BYTES) {
        throw new IOException("this is no file of routes");
      }
      for (String line : Files.readAllLines(from)) {
        read(line);
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      routes.clear();
      LOG.warn("event=route-memory-started-over file={}", from, e);
    }
  }

  private void read(String line) throws IOException {
    Matcher parts = LINE.matcher(line);
    int streams = parts.matches() ? Integer.parseInt(parts.group(2)) : 0;
    if (streams < 1 || streams > StreamTuner.MOST_STREAMS || routes.size() >= MOST_ROUTES) {
      throw new IOException("this is no file of routes");
    }
    Instant at = Instant.ofEpochSecond(Long.parseLong(parts.group(3)));
    routes.put(parts.group(1), new Learned(streams, at));
  }

  private void save(Path to) {
    List<String> lines = new ArrayList<>();
    routes.forEach(
        (route, learned) ->
            lines.add(route + " " + learned.streams + " " + learned.at.getEpochSecond()));
    Path next = to.resolveSibling(to.getFileName() + ".new");
    try {
      Files.write(next, lines);
      Files.move(next, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("event=route-memory-not-saved file={}", to, e);
    }
  }
}
