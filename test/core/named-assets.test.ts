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

test.each([
  [
    'a tag of each kind',
    '<script src=a.js></script><link href=b.css><img src=c.png><source src=d.webm><video src=e.mp4><audio src=f.mp3><iframe src=g.html>',
    ['a.js', 'b.css', 'c.png', 'd.webm', 'e.mp4', 'f.mp3', 'g.html'],
  ],
  ['spaces around what is named', '<img src = " a.png ">', ['a.png']],
  ['one name twice', '<img src="a.png"><img src="/a.png">', ['a.png']],
  ['a comment over lines', '<!--\n<img src="gone.png">\n--><img src="a.png"><!-- <img src="b.png"> -->', ['a.png']],
  ['attributes before it that hold a sign of their own', '<img alt=\'>\' title=">" src="a.png">', ['a.png']],
  ['an attribute that only ends alike', '<img data-src="a.png">', []],
  ['a tag that only begins alike', '<imgs src="a.png"><linked href="b.css">', []],
  [
    'a name that is no URL or cannot be decoded',
    '<img src="https://[x"><img src="a%ff.png"><img src="b.png">',
    ['b.png'],
  ],
  ['a place on the same page', '<img src="#a.png">', []],
  [
    'this site by its protocol alone',
    '<img src="//site.invalid/a.png"><img src="http://site.invalid/b.png">',
    ['a.png'],
  ],
  ['an ending with more than letters', '<link href="/v1.2/board"><link href="/a.woff2">', ['a.woff2']],
])('%s', (_what, html, found) => {
  expect(namedAssets('index.html', html)).toEqual(found)
})

test('a page whose own name needs encoding is where it is', () => {
  expect(namedAssets('größe #1/index.html', '<img src="a.png">')).toEqual(['größe #1/a.png'])
})
