package io.waybill.jobs.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Sets up the log of a process, so that no secret that was handed out gets into it. */
public final class MaskedLog {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{20} %msg"
          + "%replace( run=%X{run} job=%X{job} step=%X{step} attempt=%X{attempt}){' (run|job|step|attempt)=(?= |$)', ''}%n";

  private MaskedLog() {}

  /**
   * Sends the log of this process to standard error, and nowhere else.
   *
   * @param level the least that is shown: {@code ERROR}, {@code WARN}, {@code INFO} or {@code
   *     DEBUG}
   */
  public static void toStandardError(String level) {
    to(System.err, level, SecretMask.ofThisProcess());
  }

  /** Shows no more than errors of a class, until the log is set up anew. */
  public static void onlyErrorsOf(Class<?> source) {
    context().getLogger(source).setLevel(Level.ERROR);
  }

  private static LoggerContext context() {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (!(factory instanceof LoggerContext context)) {
      throw new IllegalStateException(
          "the log is not logback but "
              + factory.getClass().getName()
              + "; secrets would not be masked");
    }
    return context;
  }

  static void to(OutputStream out, String level, SecretMask mask) {
    LoggerContext context = context();
    context.reset();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender(context, out, mask));
    Level ours = Level.valueOf(level);
    root.setLevel(ours.isGreaterOrEqual(Level.WARN) ? ours : quieter(ours));
    context.getLogger("io.waybill").setLevel(ours);
    if (!ours.equals(Level.DEBUG)) {
      // it throws what it logs, and logs it with hundreds of lines
      context.getLogger("org.flywaydb").setLevel(Level.OFF);
    }
  }

  // What libraries say at a level is mostly of interest one level further down.
  private static Level quieter(Level level) {
    return level.equals(Level.INFO) ? Level.WARN : Level.INFO;
  }

  private static OutputStreamAppender<ILoggingEvent> appender(
      LoggerContext context, OutputStream out, SecretMask mask) {
    MaskingEncoder encoder = new MaskingEncoder(mask, PATTERN);
    encoder.setContext(context);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName("masked");
    appender.setEncoder(encoder);
    appender.setOutputStream(new Unclosed(out));
    appender.start();
    return appender;
  }

  /** Outlives its appender: standard error is not the log's to close. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
