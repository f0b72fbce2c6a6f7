import { writeFileSync } from 'fs';
import { resolve } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { DAYS, shown, type Line } from './dashboard-data';
import { Imdsv2Dashboard, Imdsv2FleetRollout } from '../src';

/** A widget as CloudWatch is told of it; columns and rows are its own units. */
interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly title?: string; readonly markdown?: string; readonly view?: string; readonly alarms?: readonly string[] };
}

const COLUMN = 36;
const ROW = 26;
const MARGIN = 16;
const GAP = 6;

/** The picture of the dashboard in docs/detection.md: the widgets that are synthesized, with data that is made up. */
export function dashboardPicture(): string {
  const widgets = synthesized();
  const width = 24 * COLUMN + 2 * MARGIN;
  const height = Math.max(...widgets.map(({ y, height: rows }) => y + rows)) * ROW + 2 * MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc" \
font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="12">
  <title id="title">The dashboard of Imdsv2Dashboard, with made-up data</title>
  <desc id="desc">Two weeks: calls of version 1 fall to those of one group, some calls are rejected after enforcement, and the count that remains falls.</desc>
  <style>
    .page { fill: #f6f8fa; } .widget { fill: #ffffff; stroke: #d0d7de; } .title { fill: #1f2328; font-weight: 600; } .word { fill: #424a53; }
    .grid { stroke: #d8dee4; } .line { fill: none; stroke-width: 1.8; } .alarm { fill: #cf222e; } .ok { fill: #1a7f37; }
    .s0 { stroke: #0969da; } .s1 { stroke: #bc4c00; stroke-dasharray: 6 2; } .s2 { stroke: #8250df; stroke-dasharray: 2 2; }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117; } .widget { fill: #161b22; stroke: #30363d; } .title { fill: #f0f6fc; } .word { fill: #c9d1d9; }
      .grid { stroke: #30363d; } .alarm { fill: #ff7b72; } .ok { fill: #56d364; }
      .s0 { stroke: #58a6ff; } .s1 { stroke: #f0883e; } .s2 { stroke: #bc8cff; }
    }
  </style>
  <rect class="page" width="${width}" height="${height}" rx="8"/>
${widgets.map(drawn).join('\n')}
</svg>
`;
}

function synthesized(): Widget[] {
  const app = new App();
  const stack = new Stack(app, 'Detection', { env: { account: '111122223333', region: 'eu-west-1' } });
  new Imdsv2Dashboard(stack, 'Dashboard', { rollout: new Imdsv2FleetRollout(stack, 'Fleet') });
  const { Resources } = app.synth().getStackByName('Detection').template;
  const dashboard: any = Object.values(Resources).find(({ Type }: any) => Type === 'AWS::CloudWatch::Dashboard');
  const parts: any[] = dashboard.Properties.DashboardBody['Fn::Join'][1];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : part['Fn::GetAtt']?.[0] ?? part.Ref)).join('')).widgets;
}

function drawn(widget: Widget): string {
  const { type, properties: { title, markdown, view } } = widget;
  const box: Box = {
    x: MARGIN + widget.x * COLUMN + GAP / 2,
    y: MARGIN + widget.y * ROW + GAP / 2,
    width: widget.width * COLUMN - GAP,
    height: widget.height * ROW - GAP,
  };
  const inside = type === 'text' ? heading(box, markdown!) : [
    text('title', box.x + 10, box.y + 18, title!),
    ...type === 'alarm' ? alarms(box) : view === 'singleValue' ? [number(box, shown(title!)[0])] : graph(box, shown(title!)),
  ];
  return `  <g><rect class="widget" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="4"/>\n    ${inside.join('\n    ')}</g>`;
}

interface Box { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

function text(className: string, x: number, y: number, words: string, more = ''): string {
  return `<text class="${className}" x="${round(x)}" y="${round(y)}"${more}>${words.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</text>`;
}

function heading({ x, y }: Box, markdown: string): string[] {
  const [title, words] = markdown.split('\n');
  return [text('title', x + 10, y + 20, title.replace(/^# /, ''), ' font-size="15"'), text('word', x + 10, y + 38, words.replace(/\*\*/g, ''), ' font-size="11"')];
}

function alarms({ x, y }: Box): string[] {
  return [['FirstUse', 'alarm', 'In alarm'], ['Rejection', 'ok', 'OK']].flatMap(([name, className, state], i) => [
    `<circle class="${className}" cx="${x + 18}" cy="${y + 42 + i * 26}" r="6"/>`, text('word', x + 32, y + 46 + i * 26, `${name}: ${state}`),
  ]);
}

function number({ x, y, width, height }: Box, { values }: Line): string {
  return text('title', x + width / 2, y + height / 2 + 18, String(values[values.length - 1]), ' font-size="30" text-anchor="middle"');
}

function graph({ x, y, width, height }: Box, lines: readonly Line[]): string[] {
  const area = { left: x + 38, right: x + width - 10, top: y + 32, bottom: y + height - 40 };
  const most = Math.max(10, ...lines.flatMap(({ values }) => values));
  const step = [5, 10, 20, 50].find((candidate) => most / candidate <= 4)!;
  const top = Math.ceil(most / step) * step;
  const across = (i: number, count: number) => area.left + (i / (count - 1)) * (area.right - area.left);
  const up = (value: number) => area.bottom - (value / top) * (area.bottom - area.top);
  const ticks = Array.from({ length: top / step + 1 }, (_, i) => i * step);
  return [
    ...ticks.flatMap((tick) => [
      `<path class="grid" d="M${area.left} ${round(up(tick))}H${area.right}"/>`, text('word', area.left - 6, up(tick) + 4, String(tick), ' text-anchor="end" font-size="10"'),
    ]),
    ...[0, DAYS / 2, DAYS].map((day) => text('word', across(day, DAYS + 1), area.bottom + 14, day === DAYS ? 'now' : `${DAYS - day} days ago`,
      ` font-size="10" text-anchor="${day === 0 ? 'start' : day === DAYS ? 'end' : 'middle'}"`)),
    ...lines.map(({ values }, i) => `<path class="line s${i}" d="${values.map((value, at) => `${at ? 'L' : 'M'}${round(across(at, values.length))} ${round(up(value))}`).join('')}"/>`),
    ...lines.flatMap(({ name }, i) => [
      `<path class="line s${i}" d="M${round(x + 10 + i * legendWidth(width, lines))} ${y + height - 14}h22"/>`,
      text('word', x + 36 + i * legendWidth(width, lines), y + height - 10, name, ' font-size="11"'),
    ]),
  ];
}

function legendWidth(width: number, lines: readonly Line[]): number {
  return (width - 20) / Math.max(lines.length, 2);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

if (require.main === module) writeFileSync(resolve(__dirname, '../docs/images/dashboard.svg'), dashboardPicture());
