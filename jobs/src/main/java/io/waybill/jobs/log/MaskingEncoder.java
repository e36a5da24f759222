package io.waybill.jobs.log;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;

/**
 * Writes log events by a pattern and blots secrets out of the whole of it: message, arguments,
 * names, and the stack traces of exceptions with their causes.
 */
public final class MaskingEncoder extends EncoderBase<ILoggingEvent> {
  private final PatternLayout layout = new PatternLayout();
  private final SecretMask mask;

  /**
   * Creates an encoder.
   *
   * @param pattern of logback's {@link PatternLayout}
   */
  public MaskingEncoder(SecretMask mask, String pattern) {
    this.mask = mask;
    layout.setPattern(pattern);
  }

  @Override
  public void setContext(Context context) {
    super.setContext(context);
    layout.setContext(context);
  }

  @Override
  public void start() {
    layout.start();
    super.start();
  }

  @Override
  public void stop() {
    super.stop();
    layout.stop();
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return mask.mask(layout.doLayout(event)).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }
}
