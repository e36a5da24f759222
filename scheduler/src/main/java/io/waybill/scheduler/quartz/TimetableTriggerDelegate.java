package io.waybill.scheduler.quartz;

import org.quartz.impl.jdbcjobstore.SimplePropertiesTriggerPersistenceDelegateSupport;
import org.quartz.impl.jdbcjobstore.SimplePropertiesTriggerProperties;
import org.quartz.spi.OperableTrigger;

/**
 * Keeps {@link TimetableTrigger}s in Quartz's stock table for triggers with simple properties.
 *
 * <p>Public because Quartz makes it by name.
 */
public final class TimetableTriggerDelegate
    extends SimplePropertiesTriggerPersistenceDelegateSupport {
  // in every stored trigger's row: never change it
  private static final String TYPE = "WAYBILL";

  @Override
  public boolean canHandleTriggerType(OperableTrigger trigger) {
    return trigger instanceof TimetableTrigger;
  }

  @Override
  public String getHandledTriggerTypeDiscriminator() {
    return TYPE;
  }

  @Override
  protected SimplePropertiesTriggerProperties getTriggerProperties(OperableTrigger trigger) {
    TimetableTrigger ours = (TimetableTrigger) trigger;
    SimplePropertiesTriggerProperties properties = new SimplePropertiesTriggerProperties();
    properties.setString1(ours.schedules());
    properties.setString2(ours.zone());
    return properties;
  }

  @Override
  protected TriggerPropertyBundle getTriggerPropertyBundle(
      SimplePropertiesTriggerProperties properties) {
    return new TriggerPropertyBundle(
        new TimetableTrigger.Builder(properties.getString1(), properties.getString2()), null, null);
  }
}
