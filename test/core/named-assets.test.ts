import { expect, test } from 'vitest'
import { namedAssets } from '../../src/core/named-assets.ts'

test('what a page loads is found, however its tags are written', () => {
  const html = `<!doctype html>
<script type="module" crossorigin src="/assets/app-1.js?v=2"></script>
<LINK rel=stylesheet HREF='/assets/app.css#x'><link rel="icon" href=favicon.svg>
<img alt="a > b" src="img/gr%C3%B6%C3%9Fe.png"><a href="/about.html">kein Asset</a>
<!-- <script src="/gone.js"></script> -->`
  expect(namedAssets('index.html', html).toSorted()).toEqual(
    ['assets/app-1.js', 'assets/app.css', 'favicon.svg', 'img/größe.png'].toSorted(),
  )
})

test('relative names are found from where the page is', () => {
  expect(namedAssets('docs/guide/index.html', '<script src="../app.js"></script><img src="./a&amp;b.png">')).toEqual([
    'docs/app.js',
    'docs/guide/a&b.png',
  ])
})

test.each([
  ['another site', '<script src="https://cdn.example/x.js"></script>'],
  ['another site by the page’s protocol', '<script src="//cdn.example/x.js"></script>'],
  ['data', '<img src="data:image/png;base64,AAAA">'],
  ['a route of the application', '<link rel="canonical" href="/board">'],
  ['nothing', '<script>import("/x.js")</script><img src="">'],
])('not looked for: %s', (_what, html) => {
  expect(namedAssets('index.html', html)).toEqual([])
})
