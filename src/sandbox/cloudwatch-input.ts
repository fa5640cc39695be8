import { z } from 'zod'

/** What CloudWatch's operations take, as far as this endpoint reads it; unknown members are ignored as AWS does. */

/** Epoch seconds, as AWS JSON 1.0 sends times, or a date text; becomes epoch ms. */
const Time = z.union([z.number(), z.string()]).transform((time, context) => {
  const ms = typeof time === 'number' ? time * 1000 : Date.parse(time)
  if (Number.isFinite(ms)) return ms
  context.issues.push({ code: 'custom', input: time, message: 'timestamp must follow ISO8601' })
  return z.NEVER
})

const Dimension = z.object({ Name: z.string().min(1), Value: z.string().min(1) })
export type Dimension = z.infer<typeof Dimension>
const DimensionSet = z.array(Dimension).max(30)

const Metric = z.object({
  Namespace: z.string().min(1),
  MetricName: z.string().min(1),
  Dimensions: DimensionSet.default([]),
})

export const MetricDataQuery = z.object({
  Id: z.string().min(1).max(255),
  MetricStat: z.object({ Metric, Period: z.int(), Stat: z.string(), Unit: z.string().optional() }).optional(),
  Expression: z.string().min(1).max(2048).optional(),
  Label: z.string().optional(),
  ReturnData: z.boolean().default(true),
  Period: z.int().optional(),
  AccountId: z.string().optional(),
})
export type MetricDataQuery = z.infer<typeof MetricDataQuery>

export const GetMetricDataInput = z.object({
  MetricDataQueries: z.array(MetricDataQuery),
  StartTime: Time,
  EndTime: Time,
  NextToken: z.string().optional(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
  MaxDatapoints: z.int().min(1).max(100_800).default(100_800),
})
export type GetMetricDataInput = z.infer<typeof GetMetricDataInput>

export const GetMetricStatisticsInput = Metric.extend({
  StartTime: Time,
  EndTime: Time,
  Period: z.int(),
  Statistics: z
    .array(z.enum(['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum']))
    .max(5)
    .default([]),
  ExtendedStatistics: z.array(z.string()).max(10).default([]),
  Unit: z.string().optional(),
})
export type GetMetricStatisticsInput = z.infer<typeof GetMetricStatisticsInput>

const MetricDatum = z.object({
  MetricName: z.string().min(1).max(255),
  Dimensions: DimensionSet.default([]),
  Timestamp: Time.optional(),
  Value: z.number().optional(),
  StatisticValues: z
    .object({ SampleCount: z.number(), Sum: z.number(), Minimum: z.number(), Maximum: z.number() })
    .optional(),
  Values: z.array(z.number()).max(150).optional(),
  Counts: z.array(z.number()).max(150).optional(),
  Unit: z.string().default('None'),
  StorageResolution: z.int().default(60),
})
export type MetricDatum = z.infer<typeof MetricDatum>

export const PutMetricDataInput = z.object({
  Namespace: z.string().min(1).max(255),
  MetricData: z.array(MetricDatum).max(1000),
})

export const ListMetricsInput = z.object({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z
    .array(z.object({ Name: z.string(), Value: z.string().optional() }))
    .max(10)
    .default([]),
  NextToken: z.string().optional(),
})

export const PutMetricAlarmInput = z.object({
  AlarmName: z.string().min(1).max(255),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: z.boolean().default(true),
  MetricName: z.string().optional(),
  Namespace: z.string().optional(),
  Dimensions: DimensionSet.default([]),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Unit: z.string().optional(),
  Period: z.int().optional(),
  Metrics: z.array(MetricDataQuery).max(20).optional(),
  EvaluationPeriods: z.int().min(1),
  DatapointsToAlarm: z.int().min(1).optional(),
  Threshold: z.number(),
  ComparisonOperator: z.enum([
    'GreaterThanOrEqualToThreshold',
    'GreaterThanThreshold',
    'LessThanThreshold',
    'LessThanOrEqualToThreshold',
  ]),
  TreatMissingData: z.enum(['missing', 'notBreaching', 'breaching', 'ignore']).default('missing'),
})
export type MetricAlarm = z.infer<typeof PutMetricAlarmInput>

export const PutCompositeAlarmInput = z.object({
  AlarmName: z.string().min(1).max(255),
  AlarmRule: z.string().min(1).max(10_240),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: z.boolean().default(true),
})
export type CompositeAlarm = z.infer<typeof PutCompositeAlarmInput>

export const AlarmStateValue = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA'])
export type AlarmStateValue = z.infer<typeof AlarmStateValue>

export const DescribeAlarmsInput = z.object({
  AlarmNames: z.array(z.string()).max(100).optional(),
  AlarmNamePrefix: z.string().optional(),
  AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).default(['MetricAlarm']),
  StateValue: AlarmStateValue.optional(),
  MaxRecords: z.int().min(1).max(100).default(50),
  NextToken: z.string().optional(),
})

export const SetAlarmStateInput = z.object({
  AlarmName: z.string(),
  StateValue: AlarmStateValue,
  StateReason: z.string().max(1023),
})
export const DeleteAlarmsInput = z.object({ AlarmNames: z.array(z.string()).max(100) })
