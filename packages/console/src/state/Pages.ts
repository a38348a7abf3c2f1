/** Listings, page after page. */

interface Page {
  readonly NextMarker?: string | undefined
}

/** Every page. */
export const everyPage = async <P extends Page>(
  load: (marker: string | undefined) => Promise<P>
): Promise<ReadonlyArray<P>> => {
  const pages: Array<P> = []
  let marker: string | undefined
  do {
    const page = await load(marker)
    pages.push(page)
    marker = page.NextMarker
  } while (marker !== undefined)
  return pages
}
